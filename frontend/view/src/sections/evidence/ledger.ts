// What changed against the baseline: factors that multiply, with the share of the added time that
// each owns.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { LedgerEntry } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { formatCompared, formatRatio, formatShare, formatValue } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { baselineWords, windowWords } from '../../words/times.js';
import { sentence } from '../../words/words.js';

/** A table of the factors; nothing without a baseline. */
export function ledger(scene: Scene): TemplateResult | typeof nothing {
  const entries = scene.report.ledger;
  if (entries.length === 0) return nothing;
  const hasShares = entries.some(({ share }) => share !== undefined);
  return html`<h3 id="it-changed">What changed</h3>
    <table class="ledger" aria-labelledby="it-changed">
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
  const { title, ratio, share } = entry;
  const [was, is] = wasAndIs(entry);
  const tip = explain(
    sentence(title),
    `Was ${was}, now ${is}.`,
    windowWords(scene),
    baselineWords(scene),
  );
  return html`<tr class=${isLarge(share) ? 'owner' : ''}>
    <th scope="row">
      ${title}
      <span class="was">${number(arrow(was, is), tip, 'sentence')}</span>
    </th>
    <td class="right">${formatRatio(ratio)}</td>
    ${hasShares ? html`<td class="right">${owned(share)}</td>` : nothing}
  </tr>`;
}

/** Both values in words; lengths are means of whole tokens, a fraction of one says nothing. */
function wasAndIs({ unit, before, now }: LedgerEntry): [string, string] {
  if (unit === 's') return formatCompared(before, now);
  const round = (value: number): number => (unit === 'tokens' ? Math.round(value) : value);
  return [formatValue(round(before), unit), formatValue(round(now), unit)];
}

/** One unit is enough where both have the same. */
function arrow(was: string, is: string): string {
  const unit = was.slice(was.indexOf('\u00a0'));
  return `${is.endsWith(unit) ? was.slice(0, -unit.length) : was} → ${is}`;
}

function owned(share: number | undefined): TemplateResult | string {
  if (share === undefined) return '';
  return number(formatShare(share), 'Share of the added time that this factor owns.');
}

function isLarge(share: number | undefined): boolean {
  return share !== undefined && share >= 0.5;
}
