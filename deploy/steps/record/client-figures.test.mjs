// Figures of windows, computed by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { figuresOf } from './client-figures.mjs';

/** [start, status, prompt, output, ttft, e2e, gaps in ms, replica] */
const lines = [
  // Began before the window, first token before it, one gap and the end within.
  [98, 200, 10, 3, 1, 3, [500, 1500], 0],
  // All within.
  [101, 200, 10, 5, 0.25, 1.25, [250, 250, 250, 250], 0],
  // Hung up: a first token, no output that the engine counted, no latency of a finished request.
  [102, 499, 10, 0, 0.5, 1, [100, 200], 0],
  // Refused.
  [103, -1, 10, 0, null, 0, [], 0],
  // One token has no gap and no time per output token.
  [104, 200, 10, 1, 0.75, 0.75, [], 0],
  // Ends after the window.
  [109, 200, 10, 2, 0.5, 2, [1500], 0],
];

const figures = figuresOf(lines, [100, 110]);

test('each moment counts in the window in which it fell', () => {
  assert.equal(figures.started, 5);
  assert.equal(figures.ttft.n, 4);
  assert.equal(figures.e2e.n, 3);
  assert.equal(figures.itl.n, 1 + 4 + 2);
  assert.deepEqual(figures.statuses, { '-1': 1, 200: 3, 499: 1 });
  assert.equal(figures.tokens_finished, 3 + 5 + 1);
});

test('means and quantiles are of those moments alone', () => {
  // First tokens after 0.25, 0.5, 0.75 and 0.5 s.
  assert.deepEqual(figures.ttft, { n: 4, mean: 0.5, p50: 0.5, p95: 0.75, p99: 0.75 });
  // Finished after 0.75, 1.25 and 3 s.
  assert.deepEqual(figures.e2e, { n: 3, mean: 1.66667, p50: 1.25, p95: 3, p99: 3 });
  // Two seconds for two tokens, one second for four.
  assert.deepEqual(figures.tpot, { n: 2, mean: 0.625, p50: 1, p95: 1, p99: 1 });
});

test('without a moment there is a count and no figure', () => {
  assert.deepEqual(figuresOf([], [0, 10]), {
    ttft: { n: 0 },
    itl: { n: 0 },
    e2e: { n: 0 },
    tpot: { n: 0 },
    statuses: {},
    tokens_finished: 0,
    started: 0,
  });
});
