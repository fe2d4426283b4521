// Ways on from the diagnosis that the host offers.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Link } from '../../contract.js';
import type { Scene } from '../../scene.js';

/** A list of links; one whose address could run something is shown as text. */
export function linkList({ ready, services }: Scene): TemplateResult | typeof nothing {
  const links = ready.links ?? [];
  if (links.length === 0) return nothing;
  const follow = (event: MouseEvent, url: string): void => {
    const isPlain =
      event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!services.openLink || !isPlain) return;
    event.preventDefault();
    services.openLink(url);
  };
  const entry = ({ title, url }: Link): TemplateResult =>
    isAddress(url)
      ? html`<a
          href=${url}
          rel="noopener noreferrer"
          @click=${(event: MouseEvent): void => follow(event, url)}
          >${title}</a
        >`
      : html`${title}`;
  return html`<h4>Go on</h4>
    <ul class="links">
      ${links.map((link) => html`<li>${entry(link)}</li>`)}
    </ul>`;
}

/** Relative addresses and those of the web; `javascript:` and its like are neither. */
function isAddress(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url, document.baseURI).protocol);
  } catch {
    return false;
  }
}
