// A name from outside, as long as it may be: shortened where it does not fit.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

/** The name, cut off with an ellipsis where room is short; whole under the pointer. */
export function clip(name: string): TemplateResult {
  return html`<span class="clip" title=${name}>${name}</span>`;
}
