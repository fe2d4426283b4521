// Ways to hand the diagnosis on: as a message, as a link, as a file.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Scene } from '../../scene.js';
import { copyButton } from '../../words/copy-button.js';

/** The message first, the rest behind a sign; nothing where the host offers none of them. */
export function share({ ready, services }: Scene): TemplateResult | typeof nothing {
  const { markdown, saveCapsule } = ready;
  const { address } = services;
  if (!markdown && !address && !saveCapsule) return nothing;
  return html`<div class="share" role="group" aria-label="Hand this diagnosis on">
    ${markdown ? copyButton(services, markdown, 'message') : nothing}
    ${
      address || saveCapsule
        ? html`<details class="share-more">
            <summary class="small">
              <span aria-hidden="true">⋯</span><span class="visually-hidden">link and file</span>
            </summary>
            <div class="share-menu">
              ${address ? copyButton(services, address, 'link') : nothing}
              ${saveCapsule ? capsuleButtons(saveCapsule) : nothing}
            </div>
          </details>`
        : nothing
    }
  </div>`;
}

function capsuleButtons(save: (redact: boolean) => void): TemplateResult {
  return html`<button type="button" class="small" @click=${(): void => save(false)}>
      save capsule
    </button>
    <button type="button" class="small" @click=${(): void => save(true)}>
      save capsule without names
    </button>
    <p class="quiet">
      A capsule holds data and settings in one file. It opens here when it is dropped onto the
      panel, and on the command line with --capsule. Without names, models, pods, nodes and
      namespaces have other names; numbers stay.
    </p>`;
}
