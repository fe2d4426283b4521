// The published incident in a real Prometheus, and what is true about it.

import { onsetSeries, pairEnd, pairSeries } from '../../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';

/**
 * The last sample of the hour with the onset, Unix seconds, and the minute of the hour in which the
 * cap arrived.
 */
export const onsetEnd = 1_780_003_600;
export const onsetTime = 1_780_000_000 + 32 * 60;

/** Inputs by name: where the range ends (Unix seconds), its length, and the right answer. */
export const inputs = {
  before: {
    end: pairEnd,
    range: '15m',
    verdict: 'slot-cap',
    sentence: /capped at 2 running/,
    finished: 96,
  },
  after: { end: pairEnd, range: '15m', verdict: 'healthy', sentence: /./, finished: 132 },
  onset: { end: onsetEnd, range: '1h', verdict: 'slot-cap', sentence: /capped at 2 running/ },
};

/** A Prometheus that holds one of the inputs. */
export function prometheusWith(name) {
  const series = name === 'onset' ? onsetSeries() : pairSeries(name);
  return startPrometheus({ backfill: toOpenMetrics(series) });
}

/** Attributes of an element that reads one of the inputs through the page's own server. */
export function attributesFor(name) {
  const { end, range } = inputs[name];
  return `url="/prometheus" end="${end}" range="${range}" time-zone="UTC"`;
}
