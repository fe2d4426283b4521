// Requests that wait: for a slot, for cache, or for an engine with time left.

import { idle, incident, minutes, name, replica } from '../replica.mjs';

const length = minutes(75);
const from = minutes(20);
const until = minutes(45);

const during = (change, more = {}) =>
  replica({ length, change: incident(from, until, change), ...more });

/**
 * One request waits while nine end in 15 s: each waits 1.7 s, above the budget of 0.5 s and below
 * the target of 2.5 s.
 */
const waits = {
  [name.waiting]: 1,
  [name.ended]: 9,
  [name.endedAll]: 9,
  [name.queued]: 9,
  [name.queueTime]: 15,
};

/** Two slots, memory free and tokens fast. */
const capped = { ...waits, [name.running]: 2, [name.kv]: 0.03 };

/** The cache is full and admits nobody. */
const full = { ...waits, [name.kv]: 0.97 };

/** Ten preemptions a minute. */
const thrashing = { [name.preemptions]: 2.5, [name.kv]: 0.99 };

/** Forty wait, and twelve a minute finish: more than three minutes. */
const backlog = { [name.waiting]: 40 };

export const queue = {
  InferenceSlotCap: {
    // The window of ten minutes is full of it at 30 min, and it must hold five more.
    fires: {
      series: during(capped),
      expect: { '19m': [], '33m': [], '36m': ['InferenceSlotCap'] },
    },
    // A larger batch would miss the token target: 30 ms a token, 60 ms at twice the batch.
    quiet: {
      series: during({ ...capped, [name.tokenTime]: 297 * 0.03 }),
      expect: { '36m': [], '44m': [] },
    },
    recovers: { series: during(capped), expect: { '44m': ['InferenceSlotCap'], '50m': [] } },
    restart: {
      series: during(capped, { restarts: [minutes(34)] }),
      expect: { '33m': [], '36m': ['InferenceSlotCap'], '44m': ['InferenceSlotCap'] },
    },
    // Memory that is not measured is not free.
    absence: {
      series: replica({ length, change: { ...incident(from, until, capped), [name.kv]: null } }),
      expect: { '36m': [], '44m': [] },
    },
    zero: { series: during(idle), expect: { '36m': [], '44m': [] } },
  },

  InferenceCacheFull: {
    fires: { series: during(full), expect: { '33m': [], '36m': ['InferenceCacheFull'] } },
    // Full and nobody waits: that is what the cache is for.
    quiet: { series: during({ [name.kv]: 0.99 }), expect: { '36m': [], '44m': [] } },
    recovers: { series: during(full), expect: { '44m': ['InferenceCacheFull'], '50m': [] } },
    restart: {
      series: during(full, { restarts: [minutes(34)] }),
      expect: { '36m': ['InferenceCacheFull'], '44m': ['InferenceCacheFull'] },
    },
    absence: {
      series: replica({ length, change: { ...incident(from, until, full), [name.kv]: null } }),
      expect: { '36m': [], '44m': [] },
    },
    zero: { series: during({ ...idle, [name.kv]: 0.99 }), expect: { '36m': [], '44m': [] } },
  },

  InferenceCacheThrash: {
    // Five preemptions by 20:30, which must hold five minutes.
    fires: { series: during(thrashing), expect: { '24m': [], '27m': ['InferenceCacheThrash'] } },
    // Preempted by priority, with the cache half empty.
    quiet: {
      series: during({ ...thrashing, [name.kv]: 0.5 }),
      expect: { '27m': [], '36m': [] },
    },
    recovers: {
      series: during(thrashing),
      expect: { '44m': ['InferenceCacheThrash'], '60m': [] },
    },
    restart: {
      series: during(thrashing, { restarts: [minutes(30)] }),
      expect: { '29m': ['InferenceCacheThrash'], '36m': ['InferenceCacheThrash'] },
    },
    absence: {
      series: replica({
        length,
        change: { ...incident(from, until, thrashing), [name.preemptions]: null },
      }),
      expect: { '36m': [] },
    },
    zero: { series: during({ ...idle, [name.kv]: 0.99 }), expect: { '36m': [] } },
  },

  InferenceBacklog: {
    fires: { series: during(backlog), expect: { '19m': [], '28m': ['InferenceBacklog'] } },
    // Fifty wait, and the engine finishes them within two seconds.
    quiet: {
      series: during({
        [name.waiting]: 50,
        [name.ended]: 400,
        [name.endedAll]: 400,
      }),
      expect: { '36m': [], '44m': [] },
    },
    recovers: { series: during(backlog), expect: { '44m': ['InferenceBacklog'], '60m': [] } },
    restart: {
      series: during(backlog, { restarts: [minutes(34)] }),
      expect: { '36m': ['InferenceBacklog'] },
    },
    absence: {
      series: replica({
        length,
        change: { ...incident(from, until, backlog), [name.waiting]: null },
      }),
      expect: { '36m': [] },
    },
    zero: { series: during(idle), expect: { '36m': [] } },
  },
};
