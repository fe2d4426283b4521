// Requests that end in errors or are refused.

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

export const loss = Object.fromEntries(
  Object.entries(watched).map(([alert, { failing, passing }]) => [
    alert,
    {
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
