// Engines that hang, sleep, are gone or restart again and again.

import { idle, incident, minutes, name, nothing, replica } from '../replica.mjs';

const length = minutes(60);
const from = minutes(20);
const until = minutes(40);

/** Requests inside, more arriving, nothing out. */
const stuck = {
  ...nothing,
  [name.running]: 4,
  [name.waiting]: (index) => index - from,
};

/** A day and two hours, a sample a minute: an outage from the twentieth minute on. */
const day = 26 * 60;
const lasting = { steps: { interval: '1m', evaluated: '10m' }, down: [20, day] };

const hang = (change, { otherwise, ...more } = {}) =>
  replica({ length, change: incident(from, until, { ...stuck, ...change }, otherwise), ...more });

const seen = 'InferenceBacklog';

export const outage = {
  InferenceEngineHang: {
    // Silent from 20:15 on: the window of three minutes is silent at 23:15.
    fires: {
      series: hang({}),
      expect: { '19m': [], '22m': [], '24m': ['InferenceEngineHang'] },
    },
    // Little was asked, and states that do not move may be left over from aborted requests.
    quiet: {
      series: hang(
        { [name.waiting]: 0 },
        { otherwise: { [name.firstTokens]: (index) => (index % 12 === 0 ? 1 : 0) } },
      ),
      expect: { '24m': [], '30m': [], '39m': [] },
    },
    // Frozen states: 12 first tokens a minute before, and none for three.
    recovers: {
      series: hang({ [name.waiting]: 0 }),
      expect: { '25m': ['InferenceEngineHang'], '39m': ['InferenceEngineHang'], '42m': [] },
    },
    // A new process begins to count at once, so the hang is over for it.
    restart: {
      series: replica({
        length,
        change: incident(from, minutes(30), {
          ...stuck,
          [name.waiting]: (index) => (index - from) % 2,
        }),
        restarts: [minutes(30)],
      }),
      expect: { '29m': ['InferenceEngineHang'], '34m': [] },
    },
    absence: {
      series: hang({
        [name.running]: () => undefined,
        [name.waiting]: () => undefined,
        [name.tokens]: () => undefined,
      }),
      expect: { '24m': [], '27m': ['InferenceModelDown'] },
    },
    zero: { series: hang(idle), expect: { '24m': [], '39m': [] } },
  },

  InferenceEngineAsleep: {
    fires: {
      series: hang({ ...idle, [name.asleep]: 1, [name.waiting]: 2 }),
      expect: { '24m': [], '27m': ['InferenceEngineAsleep'] },
    },
    // Asleep by day, and nobody asks.
    quiet: { series: hang({ ...idle, [name.asleep]: 1 }), expect: { '27m': [], '39m': [] } },
    recovers: {
      series: hang({ ...idle, [name.asleep]: 1, [name.waiting]: 2 }),
      expect: { '30m': ['InferenceEngineAsleep', seen], '45m': [] },
    },
    restart: {
      series: replica({
        length,
        change: incident(from, until, { ...idle, [name.asleep]: 1, [name.waiting]: 2 }),
        restarts: [minutes(26)],
      }),
      expect: { '28m': ['InferenceEngineAsleep'] },
    },
    absence: {
      series: replica({
        length,
        change: { ...incident(from, until, { ...idle, [name.waiting]: 2 }), [name.asleep]: null },
      }),
      // Nothing says that it sleeps, so it hangs.
      expect: { '27m': ['InferenceEngineHang'] },
    },
    zero: { series: hang(idle), expect: { '30m': [] } },
  },

  InferenceReplicaDown: {
    // It fails and nobody mends it; a day later it is forgotten.
    lasts: {
      ...lasting.steps,
      series: [
        ...replica({ length: day, down: lasting.down }),
        ...replica({ length: day, instance: 'b:8000' }),
      ],
      expect: {
        '10m': [],
        '2h': ['InferenceReplicaDown'],
        '24h': ['InferenceReplicaDown'],
        '25h': [],
      },
    },
    fires: {
      series: [
        ...replica({ length, down: [from, length] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '24m': [], '26m': ['InferenceReplicaDown'] },
    },
    // A restart in place is over before it counts.
    quiet: {
      series: [
        ...replica({ length, down: [from, from + minutes(3)] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '22m': [], '26m': [], '30m': [] },
    },
    recovers: {
      series: [
        ...replica({ length, down: [from, until] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '39m': ['InferenceReplicaDown'], '42m': [] },
    },
    restart: {
      series: [
        ...replica({ length, down: [from, until], restarts: [until] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '39m': ['InferenceReplicaDown'], '42m': [] },
    },
    // A target that was taken out of the configuration has no `up`.
    absence: {
      series: [
        ...replica({
          length,
          down: [from, length],
          change: { up: (i) => (i < from ? 1 : undefined) },
        }).map((one) => (one.series.startsWith('up') ? { ...one, values: upThenGone() } : one)),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '26m': [], '40m': [] },
    },
    // Down, but never an engine of ours.
    zero: {
      series: [{ series: 'up{instance="z:9100",job="node"}', values: `0x${length}` }],
      expect: { '26m': [] },
    },
  },

  InferenceModelDown: {
    lasts: {
      ...lasting.steps,
      series: replica({ length: day, down: lasting.down }),
      expect: {
        '2h': ['InferenceModelDown', 'InferenceReplicaDown'],
        '24h': ['InferenceModelDown', 'InferenceReplicaDown'],
        '25h': [],
      },
    },
    fires: {
      series: replica({ length, down: [from, length] }),
      expect: {
        '21m': [],
        '23m': ['InferenceModelDown'],
        '26m': ['InferenceModelDown', 'InferenceReplicaDown'],
      },
    },
    quiet: {
      series: [
        ...replica({ length, down: [from, length] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '23m': [] },
    },
    recovers: {
      series: replica({ length, down: [from, until] }),
      expect: { '39m': ['InferenceModelDown', 'InferenceReplicaDown'], '42m': [] },
    },
    restart: {
      series: replica({ length, down: [from, from + minutes(1)], restarts: [from + minutes(1)] }),
      expect: { '21m': [], '23m': [], '26m': [] },
    },
    // Prometheus itself was away: no sample of anything, up included.
    absence: {
      series: replica({ length }).map(({ series, values }) => ({
        series,
        values: values
          .split(' ')
          .map((value, index) => (index >= from && index < until ? '_' : value))
          .join(' '),
      })),
      expect: { '42m': [], '45m': [] },
    },
    zero: { series: replica({ length, change: idleAlways() }), expect: { '30m': [] } },
  },

  InferenceReplicasMissing: {
    args: ['models: {m: {replicas: 2}}'],
    fires: {
      series: [
        ...replica({ length, down: [from, length] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: {
        '19m': [],
        '24m': [],
        '26m': ['InferenceReplicaDown', 'InferenceReplicasMissing'],
      },
    },
    quiet: {
      series: [...replica({ length }), ...replica({ length, instance: 'b:8000' })],
      expect: { '10m': [], '30m': [] },
    },
    recovers: {
      series: [
        ...replica({ length, down: [from, until] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '39m': ['InferenceReplicaDown', 'InferenceReplicasMissing'], '42m': [] },
    },
    restart: {
      series: [
        ...replica({ length, down: [from, from + minutes(2)], restarts: [from + minutes(2)] }),
        ...replica({ length, instance: 'b:8000' }),
      ],
      expect: { '23m': [], '28m': [] },
    },
    // No series at all is no replica, and not silence.
    absence: {
      series: [{ series: 'up{instance="z:9100",job="node"}', values: `1x${length}` }],
      expect: { '4m': [], '6m': ['InferenceReplicasMissing'] },
    },
    zero: {
      series: [
        ...replica({ length, change: idleAlways() }),
        ...replica({ length, instance: 'b:8000', change: idleAlways() }),
      ],
      expect: { '30m': [] },
    },
  },

  InferenceRestartLoop: {
    fires: {
      series: replica({ length, restarts: [20, 25, 30].map(minutes) }),
      expect: { '24m': [], '29m': [], '31m': ['InferenceRestartLoop'] },
    },
    // A deploy, which starts each replica once, and another an hour later.
    quiet: {
      series: replica({ length: minutes(120), restarts: [20, 85].map(minutes) }),
      expect: { '21m': [], '30m': [], '86m': [], '100m': [] },
    },
    recovers: {
      series: replica({ length: minutes(120), restarts: [20, 25, 30].map(minutes) }),
      expect: { '31m': ['InferenceRestartLoop'], '95m': [] },
    },
    // Each restart with a scrape that fails before it.
    restart: {
      series: replica({
        length,
        down: [minutes(24), minutes(25)],
        restarts: [20, 25, 30].map(minutes),
      }),
      expect: { '31m': ['InferenceRestartLoop'] },
    },
    // A server of several processes exports no start; its counters begin again.
    absence: {
      series: replica({
        length,
        change: { [name.start]: null },
        restarts: [20, 25, 30].map(minutes),
      }),
      expect: { '27m': [], '31m': ['InferenceRestartLoop'] },
    },
    zero: {
      series: replica({ length, change: idleAlways() }),
      expect: { '30m': [] },
    },
  },
};

function idleAlways() {
  return incident(0, length, idle);
}

function upThenGone() {
  return Array.from({ length }, (_, index) =>
    index < from ? '1' : index === from ? 'stale' : '_',
  ).join(' ');
}
