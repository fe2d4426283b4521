// A number that explains itself: hovered or focused, it says where it comes from.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

/** `text` with an explanation of one or more lines; `kind` adds CSS classes. */
export function number(text: string, explanation: string, kind = ''): TemplateResult {
  return html`<span class="number ${kind}" tabindex="-1" data-tip=${explanation}>${text}</span>`;
}

/** Lines of an explanation, empty ones left out. */
export function explain(...lines: (string | undefined | false)[]): string {
  return lines.filter(Boolean).join('\n');
}
