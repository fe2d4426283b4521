// Requests that end in errors, are refused, or are left by their callers.

import { idle, incident, minutes, name, replica } from '../replica.mjs';

const length = minutes(60);
const from = minutes(20);
const until = minutes(40);

const during = (change, more = {}) =>
  replica({ length, change: incident(from, until, change), ...more });

/** What each alert watches: half of what is asked fails. */
const watched = {
  InferenceErrors: { failing: name.errors, passing: name.stopped },
  InferenceHttpErrors: { failing: name.failures, passing: name.answers },
  InferenceRejections: { failing: name.rejections, passing: name.stopped },
};

/** A series that appears with its first events, all of them between two scrapes. */
const appearing = (failing, first) =>
  replica({
    length,
    fresh: [failing],
    change: { [failing]: (index) => (index < from ? undefined : index === from ? first : 0) },
  });

/** A replica that is scraped for the first time, long after it failed so often. */
const found = (failing) => {
  const since = (index) => (index < from ? undefined : 0);
  const series = replica({ length, instance: 'b:8000', change: { [failing]: since } });
  return series.map((one) => ({
    ...one,
    values: one.values
      .split(' ')
      .map((value, index) => (index < from ? '_' : value))
      .join(' '),
  }));
};

/** A scrape fails at the begin of the window, and the series was there before. */
const returning = (failing) =>
  replica({
    length,
    change: { [failing]: (index) => (index === from ? undefined : 0) },
    down: [from, from + 1],
  });

/** Two of three callers leave: first tokens come, and nothing ends. */
const leaving = { [name.ended]: 1, [name.endedAll]: 1, [name.stopped]: 1 };

/** Within each scrape, ten of a hundred, where fifteen may leave. */
const reading = { [name.ended]: 2.7, [name.endedAll]: 2.7, [name.stopped]: 2.7 };

const aborts = 'InferenceClientAborts';

/** Twice as long as the rest, so that a restart lies well within. */
const longer = (change, more = {}) =>
  replica({ length: minutes(90), change: incident(from, minutes(60), change), ...more });

const clientAborts = {
  // 42 of 120 beside at most 4 inside from 25:30 on at the latest, which must hold five minutes.
  fires: { series: longer(leaving), expect: { '19m': [], '24m': [], '33m': [aborts] } },
  quiet: { series: longer(reading), expect: { '33m': [], '59m': [] } },
  recovers: { series: longer(leaving), expect: { '59m': [aborts], '75m': [] } },
  // What was inside a process that is gone was left by nobody.
  restart: {
    series: longer(leaving, { restarts: [minutes(34)] }),
    expect: { '33m': [aborts], '36m': [], '47m': [], '52m': [aborts] },
  },
  absence: {
    series: replica({
      length: minutes(90),
      change: { ...incident(from, minutes(60), leaving), [name.ended]: null },
    }),
    expect: { '33m': [] },
  },
  zero: { series: longer(idle), expect: { '33m': [] } },
  // A front end that counts those that leave, and books them as ended.
  counted: {
    series: longer({ [name.aborts]: 1.5, [name.stopped]: 1.5 }),
    expect: { '19m': [], '33m': [aborts], '80m': [] },
  },
};

const failures = Object.fromEntries(
  Object.entries(watched).map(([alert, { failing, passing }]) => [
    alert,
    {
      // Forty with the first sample of the series, beside 120 that pass; then four.
      appears: {
        series: appearing(failing, 40),
        expect: { '19m': [], '22m': [alert], '31m': [] },
      },
      few: { series: appearing(failing, 4), expect: { '22m': [], '31m': [] } },
      found: {
        series: [...replica({ length }), ...found(failing)],
        expect: { '22m': [], '31m': [] },
      },
      returning: { series: returning(failing), expect: { '22m': [], '30m': [], '31m': [] } },
      fires: {
        series: during({ [failing]: 1.5, [passing]: 1.5 }),
        expect: { '19m': [], '30m': [alert] },
      },
      // Four of a hundred, where five may fail.
      quiet: {
        series: during({ [failing]: 0.12, [passing]: 2.88 }),
        expect: { '30m': [], '39m': [] },
      },
      recovers: {
        series: during({ [failing]: 1.5, [passing]: 1.5 }),
        expect: { '39m': [alert], '55m': [] },
      },
      restart: {
        series: during({ [failing]: 1.5, [passing]: 1.5 }, { restarts: [minutes(30)] }),
        expect: { '29m': [alert], '31m': [alert], '36m': [alert] },
      },
      absence: {
        series: replica({
          length,
          change: { ...incident(from, until, { [passing]: 1.5 }), [failing]: null },
        }),
        expect: { '30m': [] },
      },
      // Idle, and two failures that nobody else is there to put into proportion.
      zero: {
        series: during({ ...idle, [failing]: (index) => (index < from + 2 ? 1 : 0) }),
        expect: { '22m': [], '30m': [] },
      },
    },
  ]),
);

export const loss = { ...failures, [aborts]: clientAborts };
