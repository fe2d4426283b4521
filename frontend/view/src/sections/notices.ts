// What the data source or the host had to say about these data.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Notice, Severity } from '../report-types.js';
import { severityIcon } from '../theme/icons.js';

const SEVERITY: Record<Notice['level'], Severity> = {
  info: 'info',
  warning: 'warning',
  error: 'critical',
};
const WORD: Record<Notice['level'], string> = {
  info: 'Note',
  warning: 'Partial data',
  error: 'Query failed',
};
const SHOWN = 3;

/** A short list under the verdict; the rest is folded. */
export function noticeList(notices: readonly Notice[]): TemplateResult | typeof nothing {
  if (notices.length === 0) return nothing;
  const rest = notices.slice(SHOWN);
  return html`<section class="notices" aria-label="Notices about the data">
    <ul>
      ${notices.slice(0, SHOWN).map(notice)}
    </ul>
    ${
      rest.length === 0
        ? nothing
        : html`<details>
            <summary>${rest.length} more</summary>
            <ul>
              ${rest.map(notice)}
            </ul>
          </details>`
    }
  </section>`;
}

function notice({ level, text, query }: Notice): TemplateResult {
  const severity = SEVERITY[level];
  return html`<li class="notice ${severity}">
    ${severityIcon(severity)}
    <p>
      <b>${WORD[level]}:</b> ${text} ${query === undefined ? nothing : html`<code>${query}</code>`}
    </p>
  </li>`;
}
