// Ways to hand the diagnosis on: as a message, as a link, as a file.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Scene } from '../../scene.js';
import { copyButton } from '../../words/copy-button.js';

/** Nothing where the host offers none of them. */
export function share({ ready, services }: Scene): TemplateResult | typeof nothing {
  const { markdown } = ready;
  if (!markdown) return nothing;
  return html`<div class="share" role="group" aria-label="Hand this diagnosis on">
    ${markdown ? copyButton(services, markdown, 'message') : nothing}
  </div>`;
}
