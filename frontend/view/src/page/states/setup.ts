// No query yet: the queries to paste, and what was found instead.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { HostServices, ViewState } from '../../contract.js';
import { copyLine } from '../../words/copy-button.js';
import { card } from './card.js';

type Setup = Extract<ViewState, { kind: 'setup' }>;

/** More names than this are counted instead of listed. */
const MOST_FOUND = 24;
/** More queries than this are folded. */
const MOST_QUERIES = 3;

/** A card with one copyable query each. */
export function setup({ message, queries, found }: Setup, services: HostServices): TemplateResult {
  const rest = queries.slice(MOST_QUERIES);
  const more = html`${list(queries.slice(0, MOST_QUERIES), services)}
  ${
    rest.length === 0
      ? nothing
      : html`<details>
          <summary>${rest.length} more</summary>
          ${list(rest, services)}
        </details>`
  }
  ${foundList(found)}`;
  return card({ severity: 'info', title: 'Give this panel one query', message, more });
}

function list(queries: Setup['queries'], services: HostServices): TemplateResult {
  return html`<ol>
    ${queries.map(({ title, promql }) => html`<li><b>${title}</b>${copyLine(services, promql, 'PromQL')}</li>`)}
  </ol>`;
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
