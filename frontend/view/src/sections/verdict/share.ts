// Ways to hand the diagnosis on: as a message, as a link, as a file.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Scene } from '../../scene.js';
import { copyButton } from '../../words/copy-button.js';

/** The message first, the rest behind a sign; nothing where the host offers none of them. */
export function share(scene: Scene): TemplateResult | typeof nothing {
  const { ready, services, savePicture } = scene;
  const { markdown, saveCapsule } = ready;
  const { address } = services;
  const hasMore = address ?? saveCapsule ?? savePicture;
  if (!markdown && !hasMore) return nothing;
  return html`<div class="share" role="group" aria-label="Hand this diagnosis on">
    ${markdown ? copyButton(services, markdown, 'message') : nothing}
    ${
      hasMore
        ? html`<details class="share-more" @keydown=${closeOnEscape}>
            <summary class="small">
              <span aria-hidden="true">⋯</span><span class="visually-hidden">link and file</span>
            </summary>
            <div class="share-menu">
              ${address ? copyButton(services, address, 'link') : nothing}
              ${savePicture ? html`<button type="button" class="small" @click=${savePicture}>save picture</button>` : nothing}
              ${saveCapsule ? capsuleButtons(saveCapsule) : nothing}
            </div>
          </details>`
        : nothing
    }
  </div>`;
}

function closeOnEscape(event: KeyboardEvent): void {
  const details = event.currentTarget as HTMLDetailsElement;
  if (event.key !== 'Escape' || !details.open) return;
  details.open = false;
  details.querySelector('summary')?.focus();
}

function capsuleButtons(save: (redact: boolean) => void): TemplateResult {
  return html`<button type="button" class="small" @click=${(): void => save(false)}>
      save capsule
    </button>
    <button type="button" class="small" @click=${(): void => save(true)}>
      save capsule without names
    </button>
    <p class="quiet">
      A capsule is one file with data and settings. Drop it onto the panel to open it, or give it to
      <code>--capsule</code>. Without names: models, pods, nodes and namespaces are renamed, numbers
      stay.
    </p>`;
}
