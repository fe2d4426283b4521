// How far the data can be trusted, and the limits of the live engine with where each comes from.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Limit } from '../report-types.js';
import type { Scene } from '../scene.js';
import { formatCount, formatShare, formatValue } from '../words/format.js';
import { number } from '../words/number.js';
import { limitTip } from '../words/sources.js';
import { timeOf } from '../words/times.js';
import { gradeMeaning, sentence } from '../words/words.js';

/** The grade in words, then every caveat. */
export function dataQuality({ report: { quality } }: Scene): TemplateResult {
  return html`<section class="column quality" aria-labelledby="it-quality">
    <h3 id="it-quality">
      Data quality <span class="grade grade-${quality.grade}">${quality.grade}</span>
    </h3>
    <p class="quiet">${sentence(gradeMeaning(quality.grade))}</p>
    ${
      quality.caveats.length === 0
        ? nothing
        : html`<ul class="caveats">
            ${quality.caveats.map(
              ({ text, count }) =>
                html`<li>
                  ${text}${count > 1 ? html` <span class="quiet">${times(count)}</span>` : nothing}
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

function times(count: number): string {
  return `×\u00a0${formatCount(count)}`;
}

/** One line a limit: value, provenance, use. */
export function limits(scene: Scene): TemplateResult {
  const list = scene.report.limits;
  return html`<section class="column limits" data-tips aria-labelledby="it-limits">
    <h3 id="it-limits">Limits of the engine</h3>
    ${
      list.length === 0
        ? html`<p class="quiet">None is exported, given, or shown by the engine’s behaviour.</p>`
        : html`<ul class="limit-list">
            ${list.map((limit) => line(scene, limit))}
          </ul>`
    }
  </section>`;
}

function line(scene: Scene, limit: Limit): TemplateResult {
  return html`<li>
    <span class="limit-name"
      ><code>${limit.name}</code
      >${limit.replica ? html` <span class="clip">${limit.replica}</span>` : nothing}</span
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
