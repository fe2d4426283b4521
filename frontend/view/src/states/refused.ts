// WebAssembly is refused: the reason, and the one line that cures it.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { HostServices, ViewState } from '../contract.js';
import { copyButton } from '../copy-button.js';
import { card } from './card.js';

type Refused = Extract<ViewState, { kind: 'refused' }>;

/** A card with the cure as text to copy. */
export function refused({ reason, cure }: Refused, services: HostServices): TemplateResult {
  return card({
    severity: 'warning',
    title: 'This page does not let the diagnosis run',
    message: reason,
    more: html`<span class="copy-line"><code>${cure}</code>${copyButton(services, cure)}</span>`,
  });
}
