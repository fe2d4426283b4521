// No query yet: the queries to paste, and what was found instead.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { HostServices, ViewState } from '../contract.js';
import { copyButton } from '../copy-button.js';
import { card } from './card.js';

type Setup = Extract<ViewState, { kind: 'setup' }>;

/** More names than this are counted instead of listed. */
const MOST_FOUND = 24;

/** A card with one copyable query each. */
export function setup({ message, queries, found }: Setup, services: HostServices): TemplateResult {
  const more = html`<ol class="queries">
      ${queries.map(
        ({ title, promql }) =>
          html`<li>
            <span class="query-title">${title}</span>
            <span class="copy-line"><code>${promql}</code>${copyButton(services, promql, 'PromQL')}</span>
          </li>`,
      )}
    </ol>
    ${foundList(found)}`;
  return card({ severity: 'info', title: 'Give this panel one query', message, more });
}

function foundList(found: string[]): TemplateResult | typeof nothing {
  if (found.length === 0) return nothing;
  const rest = found.length - MOST_FOUND;
  return html`<h3>Found in the data so far</h3>
    <ul class="found">
      ${found.slice(0, MOST_FOUND).map((name) => html`<li><code>${name}</code></li>`)}
      ${rest > 0 ? html`<li>and ${rest} more</li>` : nothing}
    </ul>`;
}
