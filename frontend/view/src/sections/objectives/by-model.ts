// The objectives of every model in the data, where there are several.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Kept, ObjectiveImpact, Report, ScopeSummary, SignalId } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { levelIcon } from '../../theme/icons.js';
import { clip } from '../../words/clip.js';
import { formatShareRange, formatTarget } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { KEPT_LEVEL, KEPT_WORD } from '../../words/objectives.js';
import { windowWords } from '../../words/times.js';
import { shortSignal } from '../../words/words.js';

/** Rounding of one less a share. */
const ROUNDING = 1e-9;

/** Nothing where the data hold one model. */
export function objectivesByModel(scene: Scene): TemplateResult | typeof nothing {
  const { scopes, scope } = scene.report;
  if (scopes.length < 2) return nothing;
  const signals = scene.report.objectives.rows
    .map(({ signal }) => signal)
    .filter((signal) => scopes.some((one) => impactOf(one, signal)));
  if (signals.length === 0) return nothing;
  return html`<div class="by-model" role="region" aria-labelledby="it-by-model" tabindex="0">
    <h4 id="it-by-model">By model: share within each target</h4>
    <table data-tips>
      <thead>
        <tr>
          <th scope="col">model</th>
          ${signals.map((signal) => html`<th scope="col">${shortSignal(signal)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${scopes.map(
          (one) =>
            html`<tr class=${one.id === scope ? 'chosen' : ''}>
              <th scope="row">${clip(one.model || one.engine.profile)}</th>
              ${signals.map((signal) => cell(scene, impactOf(one, signal)))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function impactOf({ impact }: ScopeSummary, signal: SignalId): ObjectiveImpact | undefined {
  return impact.objectives.find((one) => one.signal === signal);
}

/** Whether the quantile of the settings is kept by what may be missing at least and at most. */
export function keptBy({ objectives }: Report, [least, most]: [number, number]): Kept {
  const mayMiss = 1 - objectives.quantile + ROUNDING;
  if (least > mayMiss) return 'missed';
  return most <= mayMiss ? 'met' : 'unknown';
}

function cell(scene: Scene, impact: ObjectiveImpact | undefined): TemplateResult {
  if (!impact) return html`<td><span class="absent" aria-label="not known">–</span></td>`;
  const [least, most] = impact.missing;
  const kept = keptBy(scene.report, impact.missing);
  const share = formatShareRange(1 - most, 1 - least);
  const tip = explain(
    `${share} within the target of ${formatTarget(impact.target)}: ${KEPT_WORD[kept]}.`,
    windowWords(scene, undefined),
  );
  return html`<td class="level-${KEPT_LEVEL[kept]}">
    <span class="level">${levelIcon(KEPT_LEVEL[kept])} ${number(share, tip)}</span>
    <span class="visually-hidden">${KEPT_WORD[kept]}</span>
  </td>`;
}
