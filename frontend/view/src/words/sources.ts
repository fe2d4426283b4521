// Where each number comes from, in words: the text of its tooltip.

import type {
  Evidence,
  Limit,
  PhasePart,
  Phases,
  QuantileReport,
  SignalReport,
} from '../report-types.js';
import type { Scene } from '../scene.js';
import {
  formatCompared,
  formatPlural,
  formatQuantile,
  formatInterval,
  formatSeconds,
  formatShare,
  formatShareRange,
  formatTarget,
  formatValue,
} from './format.js';
import { explain } from './number.js';
import { baselineWords, timeOf, windowWords } from './times.js';
import {
  phaseMeaning,
  provenanceMeaning,
  THRESHOLD_SOURCE,
  inSentence,
  phaseName,
} from './words.js';

/** A phase's seconds, or the whole bar's when `part` is absent. */
export function phaseTip(
  scene: Scene,
  phases: Phases,
  part: PhasePart | undefined,
  period: 'now' | 'baseline',
): string {
  const where = period === 'now' ? windowWords(scene, phases.finished) : baselineWords(scene);
  if (!part) return explain('Mean end-to-end latency: sum ÷ count of the histogram, exact.', where);
  const name = phaseName(part.phase);
  return explain(
    `Mean ${name} time per request: ${phaseMeaning(part.phase)}.`,
    part.basis === 'exact'
      ? 'Exact: from sums and counts.'
      : 'Estimated: from counters of another population.',
    part.baseline_seconds !== undefined && `Baseline ${formatSeconds(part.baseline_seconds)}.`,
    where,
  );
}

/** The exact mean of a histogram signal. */
export function meanTip(scene: Scene, signal: SignalReport): string {
  return explain(
    `${signal.title}: exact mean, sum ÷ count of its histogram.`,
    signal.count !== undefined && `${formatPlural(signal.count, 'observation')}.`,
    windowWords(scene),
  );
}

/** The interval that holds a quantile, in seconds. */
export function quantileInterval({ lo, hi, lo_excluded: loExcluded }: QuantileReport): string {
  return formatInterval(lo, hi, loExcluded, 's');
}

/** Where that interval comes from. */
export function intervalTip(scene: Scene, signal: SignalReport, quantile: QuantileReport): string {
  const { q, lo, basis } = quantile;
  const name = formatQuantile(q);
  return explain(
    `The ${name} of these requests lies in ${quantileInterval(quantile)}${quantile.lo_excluded && lo > 0 ? ', above the lower end' : ''}.`,
    basis === 'exact'
      ? 'Guaranteed by the bucket counts and the sum.'
      : 'Estimated: the counts are not whole requests.',
    quantile.order_hi !== undefined &&
      `At most ${formatSeconds(quantile.order_hi, 'up')} by the order between sibling metrics (estimated: their populations differ).`,
    quantile.unresolved &&
      'It lies in the first or in the open last bucket: finer buckets would tell more.',
    sampling(quantile),
    signal.count !== undefined && `${formatPlural(signal.count, 'observation')}.`,
    windowWords(scene),
  );
}

function sampling({ sample_lo: lo, sample_hi: hi }: QuantileReport): string {
  if (lo === undefined) return '';
  return `95 % interval for the process behind the sample: ${formatInterval(lo, hi, false, 's')}.`;
}

/** What PromQL prints, and what that is worth. */
export function pointTip(quantile: QuantileReport): string {
  const { q, point, artefact_reason: reason } = quantile;
  const printed = point === undefined ? 'prints NaN' : `prints ${formatSeconds(point)}`;
  return explain(
    `histogram_quantile(${q}, …) ${printed}.`,
    quantile.outside_bounds && 'It lies outside the interval that holds the true value.',
    quantile.artefact &&
      `It says little about these requests: ${reason ?? 'an artefact of the buckets'}.`,
    !quantile.artefact &&
      !quantile.outside_bounds &&
      'It assumes that requests spread evenly within a bucket.',
  );
}

/** A signal's baseline. */
export function baselineTip(
  scene: Scene,
  signal: SignalReport,
  quantile: QuantileReport | undefined,
): string {
  return explain(
    `${signal.title} in the baseline: exact mean.`,
    quantile && `${formatQuantile(quantile.q)} in ${quantileInterval(quantile)}.`,
    baselineWords(scene),
  );
}

/** The share of requests within the objective. */
export function attainmentTip(scene: Scene, signal: SignalReport): string {
  const attainment = signal.attainment;
  if (!attainment) return explain(`No objective is set for ${inSentence(signal.title)}.`);
  const { target, lo, hi, exact } = attainment;
  return explain(
    `${formatShareRange(lo, hi)} of observations took at most ${formatTarget(target)}.`,
    exact
      ? 'Exact: the objective is a bucket bound.'
      : 'Between two bucket bounds, so known as a range.',
    signal.count !== undefined && `${formatPlural(signal.count, 'observation')}.`,
    windowWords(scene),
  );
}

/** One number of a finding against its threshold. */
export function evidenceTip(scene: Scene, evidence: Evidence): string {
  const { value, lo, hi, unit, compare, threshold, threshold_source: source, margin } = evidence;
  const range = lo !== value || (hi !== undefined && hi !== value);
  const bounds =
    hi === undefined
      ? `at least ${formatValue(lo, unit)}`
      : `${formatValue(lo, unit)} to ${formatValue(hi, unit)}`;
  const [found, limit] =
    unit === 's'
      ? formatCompared(value, threshold)
      : [formatValue(value, unit), formatValue(threshold, unit)];
  return explain(
    `${found}${range ? ` (${bounds})` : ''} ${compare} ${limit}?`,
    `Threshold from ${THRESHOLD_SOURCE[source]}.`,
    `Distance to it ${formatValue(Math.abs(margin), unit)}, on the ${margin >= 0 ? 'side that holds' : 'other side'}.`,
    windowWords(scene),
  );
}

/** A limit of the engine. */
export function limitTip(scene: Scene, limit: Limit): string {
  return explain(
    limit.text,
    `Provenance: ${limit.provenance}, ${provenanceMeaning(limit.provenance)}.`,
    limit.usage !== undefined && limit.usage_share !== undefined
      ? `Used: ${formatValue(limit.usage, limit.unit)}, ${formatShare(limit.usage_share)}.`
      : undefined,
    limit.since !== undefined && `Binding since ${timeOf(scene, limit.since)}.`,
  );
}
