// The limits of the live engine, with where each comes from and how much of it is used.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Limit } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { clip } from '../../words/clip.js';
import { formatCount, formatPlural, formatShare, formatValue } from '../../words/format.js';
import { number } from '../../words/number.js';
import { limitTip } from '../../words/sources.js';
import { timeOf } from '../../words/times.js';

/** Limits that the closed line names; the rest is counted. */
const NAMED = 2;

/** The first limits in the line, all of them below it; nothing where none is known. */
export function limits(scene: Scene): TemplateResult | typeof nothing {
  const list = scene.report.limits;
  if (list.length === 0) return nothing;
  const named = list.slice(0, NAMED);
  const more = list.length - NAMED;
  return html`<details class="foot-part limits" data-tips>
    <summary>
      <span class="foot-name">Limits</span>:
      ${named.map((limit, index) => html`${index > 0 ? ', ' : ''}${short(limit)}`)}${
        more > 0 ? `, ${formatPlural(more, 'more', 'more')}` : ''
      }
    </summary>
    <ul class="limit-list">
      ${list.map((limit) => line(scene, limit))}
    </ul>
  </details>`;
}

/** `max_num_seqs 2 (inferred)`. */
function short({ name, value, provenance }: Limit): TemplateResult {
  return html`<code>${name}</code> ${formatCount(value)} (${provenance})`;
}

function line(scene: Scene, limit: Limit): TemplateResult {
  return html`<li>
    <span class="limit-name"
      ><code>${limit.name}</code>${limit.replica ? html` ${clip(limit.replica)}` : nothing}</span
    >
    <b>${number(formatValue(limit.value, limit.unit), limitTip(scene, limit))}</b>
    <span class="provenance provenance-${limit.provenance}">${limit.provenance}</span>
    ${limit.usage_share === undefined ? nothing : use(limit.usage_share)}
    ${limit.since === undefined ? nothing : html`<span class="quiet">since ${timeOf(scene, limit.since)}</span>`}
  </li>`;
}

function use(share: number): TemplateResult {
  const width = `width:${(Math.min(1, Math.max(0, share)) * 100).toFixed(1)}%`;
  return html`<span class="use"
    ><i class="meter" aria-hidden="true"><i .style=${width}></i></i> ${formatShare(share)}
    used</span
  >`;
}
