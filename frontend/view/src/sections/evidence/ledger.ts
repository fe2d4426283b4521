// What changed against the baseline: factors that multiply, with the share of the added time that
// each owns.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { LedgerEntry } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { formatRatio, formatShare, formatValue } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { baselineWords, windowWords } from '../../words/times.js';
import { sentence } from '../../words/words.js';

/** A table of the factors; nothing without a baseline. */
export function ledger(scene: Scene): TemplateResult | typeof nothing {
  const entries = scene.report.ledger;
  if (entries.length === 0) return nothing;
  const hasShares = entries.some(({ share }) => share !== undefined);
  return html`<h4 id="it-changed">What changed</h4>
    <table class="ledger" data-tips aria-labelledby="it-changed">
      <thead>
        <tr>
          <th scope="col">was → now</th>
          <th scope="col" class="right">ratio</th>
          ${hasShares ? html`<th scope="col" class="right">share</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${entries.map((entry) => row(scene, entry, hasShares))}
      </tbody>
    </table>`;
}

function row(scene: Scene, entry: LedgerEntry, hasShares: boolean): TemplateResult {
  const { title, unit, before, now, ratio, share } = entry;
  const tip = explain(
    sentence(title),
    `Was ${formatValue(before, unit)}, now ${formatValue(now, unit)}.`,
    windowWords(scene),
    baselineWords(scene),
  );
  return html`<tr class=${isLarge(share) ? 'owner' : ''}>
    <th scope="row">
      ${title}
      <span class="was">${number(wasAndNow(entry), tip, 'sentence')}</span>
    </th>
    <td class="right">${formatRatio(ratio)}</td>
    ${hasShares ? html`<td class="right">${owned(share)}</td>` : nothing}
  </tr>`;
}

function wasAndNow({ unit, before, now }: LedgerEntry): string {
  const [was, is] = [formatValue(before, unit), formatValue(now, unit)];
  const end = was.slice(was.indexOf('\u00a0'));
  // One unit is enough where both have the same.
  return is.endsWith(end) ? `${was.slice(0, -end.length)} → ${is}` : `${was} → ${is}`;
}

function owned(share: number | undefined): TemplateResult | string {
  if (share === undefined) return '';
  return number(formatShare(share), 'Share of the added time that this factor owns.');
}

function isLarge(share: number | undefined): boolean {
  return share !== undefined && share >= 0.5;
}
