// What watches the engines went blind, and objectives that cannot be measured.

import { idle, incident, minutes, name, nothing, replica } from '../replica.mjs';

/** A day and two hours, a sample a minute. */
const day = 26 * 60;
const length = minutes(90);
const from = minutes(20);
const until = minutes(50);

/** The engine's own series end; the target still answers. */
function withoutEngine(series, start, end) {
  return series.map((one) =>
    one.series.startsWith('vllm:')
      ? {
          ...one,
          values: one.values
            .split(' ')
            .map((value, index) =>
              index === start ? 'stale' : index > start && index < end ? '_' : value,
            )
            .join(' '),
        }
      : one,
  );
}

/** One page again and again: not even its processor time moves. */
const copy = { ...nothing, [name.running]: 3, [name.processor]: 0 };

/** Other bounds than the stock ones. */
const otherBounds = (change) =>
  replica({
    length,
    change: {
      ...change,
      [name.firstTokensMet]: null,
      'vllm:time_to_first_token_seconds_bucket{le="2.0"}': () => 3,
    },
  });

const unmeasured = 'InferenceObjectiveUnmeasured';

export const telemetry = {
  InferenceTelemetryStale: {
    // Nobody else serves the model, so it counts as gone too.
    fires: {
      series: withoutEngine(replica({ length }), from, length),
      expect: {
        '25m': ['InferenceModelDown'],
        '31m': ['InferenceModelDown', 'InferenceTelemetryStale'],
      },
    },
    // The target answers all day, and nobody mends what it lacks.
    lasts: {
      ...{ interval: '1m', evaluated: '10m' },
      series: withoutEngine(replica({ length: day }), 20, day),
      expect: {
        '2h': ['InferenceModelDown', 'InferenceTelemetryStale'],
        '24h': ['InferenceModelDown', 'InferenceTelemetryStale'],
        '25h': [],
      },
    },
    // An idle engine that still answers uses processor time.
    quiet: {
      series: replica({ length, change: incident(from, until, idle) }),
      expect: { '31m': [], '49m': [] },
    },
    recovers: {
      series: replica({ length, change: incident(from, until, copy) }),
      expect: { '24m': [], '36m': ['InferenceTelemetryStale'], '52m': [] },
    },
    restart: {
      series: replica({ length, change: incident(from, until, copy), restarts: [minutes(40)] }),
      expect: { '36m': ['InferenceTelemetryStale'], '42m': [] },
    },
    // Without the counter a copy cannot be told from an engine that hangs.
    absence: {
      series: replica({
        length,
        change: { ...incident(from, until, copy), [name.processor]: null },
      }),
      expect: { '36m': ['InferenceEngineHang'] },
    },
    zero: {
      series: replica({ length, change: incident(0, length, idle) }),
      expect: { '36m': [] },
    },
  },

  InferenceObjectiveUnmeasured: {
    // The bound at 2.5 s is missing from the beginning; ten minutes must pass.
    fires: { series: otherBounds({}), expect: { '10m': [], '15m': [unmeasured] } },
    quiet: { series: replica({ length }), expect: { '15m': [], '40m': [] } },
    // The bound comes back, and what was counted without it is neither met nor missed.
    recovers: {
      series: replica({
        length,
        change: { [name.firstTokensMet]: (index) => (index < from ? undefined : 3) },
      }),
      expect: { '18m': [unmeasured], '40m': [] },
    },
    restart: {
      series: replica({
        length,
        change: { [name.firstTokensMet]: null },
        restarts: [minutes(20)],
      }),
      expect: { '19m': [unmeasured], '24m': [unmeasured] },
    },
    // No finished request is counted, so there is nothing to measure.
    absence: {
      series: replica({
        length,
        change: { [name.firstTokensMet]: null, [name.ended]: null },
      }),
      expect: { '15m': [] },
    },
    zero: {
      series: replica({
        length,
        change: { ...incident(0, length, idle), [name.firstTokensMet]: null },
      }),
      expect: { '15m': [], '40m': [] },
    },
  },
};
