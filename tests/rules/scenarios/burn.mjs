// Objectives that burn. Hours are scraped once a minute: what matters is how much is counted.

import { idle, incident, name, replica } from '../replica.mjs';

/** Minutes, and so scrapes, of a scenario. */
const length = 12 * 60;
const from = 120;

const during = (until, change, more = {}) =>
  replica({
    length: until < 400 ? 300 : length,
    change: incident(from, until, change),
    ...more,
  });

/** Of three requests a minute so many meet the target. */
const met = (count) => ({ [name.firstTokensMet]: count });

/** A request every half an hour, all of them slow. */
const few = {
  ...idle,
  [name.firstTokens]: (index) => (index % 30 === 0 ? 1 : 0),
  [name.firstTokensAll]: (index) => (index % 30 === 0 ? 1 : 0),
  [name.ended]: (index) => (index % 30 === 0 ? 1 : 0),
  [name.endedAll]: (index) => (index % 30 === 0 ? 1 : 0),
};

const fast = 'InferenceObjectiveBurnFast';
const medium = 'InferenceObjectiveBurnMedium';
const slow = 'InferenceObjectiveBurnSlow';

export const burn = {
  [fast]: {
    interval: '1m',
    // All of them miss: 49 of the last 61 minutes, 80 %, by 2:48, and 49 of 168 in all, 29 %. By
    // 3:10 it is 71 of 190, 37 %, and the slow pair has its three hours.
    fires: {
      series: during(300, met(0)),
      expect: { '2h': [], '2h30m': [], '2h48m': [fast], '3h10m': [fast, medium, slow] },
    },
    // Three slow requests at night.
    quiet: { series: during(300, few), expect: { '3h': [], '4h': [] } },
    // The short window forgets within five minutes.
    recovers: {
      series: during(190, met(0)),
      expect: { '3h9m': [fast, medium, slow], '3h20m': [medium, slow] },
    },
    restart: {
      series: during(300, met(0), { restarts: [150] }),
      expect: { '2h48m': [fast] },
    },
    absence: {
      series: replica({
        length,
        change: { ...incident(from, length, met(0)), [name.firstTokensAll]: null },
      }),
      expect: { '3h': ['InferenceObjectiveUnmeasured'] },
    },
    zero: { series: during(300, idle), expect: { '3h': [], '4h': [] } },
  },

  [medium]: {
    interval: '1m',
    // A third misses, 30 % is the line: what came before must leave the window of six hours.
    fires: {
      series: during(length, met(2)),
      expect: { '4h': [slow], '8h': [medium, slow] },
    },
    // A tenth misses, which only the slow pair is for: of 1,440 requests 108 by the eighth hour,
    // 7.5 %, where five standard errors above 5 % are 7.9 %; of 1,980 162 by the eleventh, 8.2 %,
    // where they are 7.4 %.
    quiet: { series: during(length, met(2.7)), expect: { '8h': [], '11h': [slow] } },
    recovers: {
      series: during(500, met(2)),
      expect: { '8h': [medium, slow], '9h': [slow] },
    },
    restart: {
      series: during(length, met(2), { restarts: [300, 450] }),
      expect: { '8h': [medium, slow] },
    },
    absence: {
      series: replica({
        length,
        change: { ...incident(from, length, met(2)), [name.firstTokensMet]: null },
      }),
      expect: { '8h': ['InferenceObjectiveUnmeasured'] },
    },
    zero: { series: during(length, idle), expect: { '8h': [] } },
  },

  [slow]: {
    interval: '1m',
    // A tenth misses, twice the budget: five standard errors of 5 % need some hours.
    fires: {
      series: during(length, met(2.7)),
      expect: { '2h': [], '2h30m': [], '10h': [slow] },
    },
    // Exactly what may be missed.
    quiet: { series: during(length, met(2.85)), expect: { '4h': [], '11h': [] } },
    // Twelve hours later the short window has seen none for six.
    recovers: {
      series: during(300, met(2.1), { length }),
      expect: { '5h': [slow], '11h30m': [] },
    },
    restart: {
      series: during(length, met(2.7), { restarts: [300] }),
      expect: { '10h': [slow] },
    },
    absence: {
      series: replica({
        length,
        change: { ...incident(from, length, met(2.7)), [name.firstTokensMet]: null },
      }),
      expect: { '10h': ['InferenceObjectiveUnmeasured'] },
    },
    zero: { series: during(length, idle), expect: { '10h': [] } },
  },
};
