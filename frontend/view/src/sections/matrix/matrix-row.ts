// One signal of the triage matrix.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { intervalGlyph } from '../../charts/interval-glyph.js';
import type { LogAxis } from '../../charts/log-axis.js';
import type { QuantileReport, SignalId, SignalReport } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { flagIcon, levelIcon } from '../../theme/icons.js';
import { formatSeconds, formatShareRange, formatTarget } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import {
  attainmentTip,
  baselineTip,
  intervalTip,
  meanTip,
  pointTip,
  quantileInterval,
} from '../../words/sources.js';
import { windowWords } from '../../words/times.js';
import { LEVEL_WORD } from '../../words/words.js';
import { quantileOf } from './quantiles.js';

/** The signals whose levels make the matched pattern. */
const SPINE: ReadonlySet<SignalId> = new Set<SignalId>(['ttft', 'queue_time', 'itl']);

/** A row with its signal's name as row header. */
export function matrixRow(
  scene: Scene,
  axis: LogAxis,
  id: SignalId,
  signal: SignalReport,
): TemplateResult {
  const quantile = quantileOf(signal.quantiles, scene.quantile);
  const baseline = quantileOf(signal.baseline_quantiles, scene.quantile);
  return html`<tr role="row" class="level-${signal.level} ${SPINE.has(id) ? 'spine' : ''}">
    <th scope="row" role="rowheader" class="col-signal">${signal.title}</th>
    <td role="cell" class="col-mean">
      ${
        signal.mean === undefined
          ? absent()
          : number(formatSeconds(signal.mean), meanTip(scene, signal))
      }
    </td>
    <td role="cell" class="col-glyph">
      ${intervalGlyph(axis, { signal, quantile, baseline })}
      ${quantile && misleads(quantile) ? reason(quantile) : nothing}
    </td>
    <td role="cell" class="col-interval">
      ${quantile ? interval(scene, signal, quantile) : absent()}
    </td>
    <td role="cell" class="col-baseline">${baselineCell(scene, signal, baseline)}</td>
    <td role="cell" class="col-objective">${objectiveCell(scene, signal)}</td>
    <td role="cell" class="col-level">
      <span class="level">
        ${levelIcon(signal.level)}
        ${number(
          LEVEL_WORD[signal.level],
          explain(signal.level_reason, windowWords(scene, signal.count, 'observation')),
        )}
      </span>
    </td>
  </tr>`;
}

function absent(): TemplateResult {
  return html`<span class="absent" aria-label="not known">–</span>`;
}

function interval(scene: Scene, signal: SignalReport, quantile: QuantileReport): TemplateResult {
  return html`<span class="interval">
      ${quantile.basis === 'estimated' ? html`<span class="estimated">est.</span> ` : nothing}
      ${number(quantileInterval(quantile), intervalTip(scene, signal, quantile))}
    </span>
    ${orderBound(quantile)} ${point(quantile)}`;
}

/**
 * A tighter upper end that rests on the order between sibling metrics, and is therefore an
 * estimate.
 */
function orderBound({ hi, order_hi: order }: QuantileReport): TemplateResult | typeof nothing {
  if (order === undefined || (hi !== undefined && order >= hi)) return nothing;
  return html`<span class="point">est. ≤ ${formatSeconds(order, 'up')} by order</span>`;
}

function misleads(quantile: QuantileReport): boolean {
  return quantile.artefact || quantile.outside_bounds;
}

/** The first clause of the reason; the tooltip of PromQL's point has all of it. */
function reason({ artefact_reason: whole }: QuantileReport): TemplateResult {
  return html`<span class="reason"
    >${flagIcon()}${whole?.split(', ')[0] ?? 'PromQL’s point is outside'}</span
  >`;
}

function point(quantile: QuantileReport): TemplateResult {
  const printed = quantile.point === undefined ? 'NaN' : formatSeconds(quantile.point);
  const text = number(`PromQL ${printed}`, pointTip(quantile));
  if (!misleads(quantile)) return html`<span class="point">${text}</span>`;
  return html`<span class="point flagged">${flagIcon()}${text}</span>`;
}

function baselineCell(
  scene: Scene,
  signal: SignalReport,
  baseline: QuantileReport | undefined,
): TemplateResult {
  if (signal.baseline_mean === undefined) return absent();
  return number(formatSeconds(signal.baseline_mean), baselineTip(scene, signal, baseline));
}

function objectiveCell(scene: Scene, signal: SignalReport): TemplateResult {
  const { attainment } = signal;
  if (!attainment) return absent();
  return html`${number(formatShareRange(attainment.lo, attainment.hi), attainmentTip(scene, signal))}
    <span class="target">≤ ${formatTarget(attainment.target)}</span>`;
}
