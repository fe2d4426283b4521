// Burn alerts leave chance alone and find what is missed, at every rate of traffic. A month a cell;
// docs/alerts.md has the year.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { alerts, begins, latency, pairsFor, unguarded } from './burn-simulation.mjs';

const month = 30 * 24 * 60;

test('a service that spends exactly its budget is never paged, and would be without the guards', async () => {
  const pairs = await pairsFor(0.99);
  for (const rate of [1, 10, 60]) {
    const none = { Fast: 0, Medium: 0, Slow: 0 };
    assert.deepEqual(
      begins(pairs, rate, month, () => 0.01, 7),
      none,
      `${rate} a minute`,
    );
  }
  const bare = begins(pairs.map(unguarded), 1, month, () => 0.01, 7);
  assert.ok(bare.Slow > 10, `the guards are for nothing: ${JSON.stringify(bare)}`);
});

test('an outage pages within three quarters of an hour at any rate', async () => {
  const [fast] = await pairsFor(0.95);
  for (const rate of [1, 60, 60_000]) {
    const minutes = latency(fast, rate, { good: 0, bad: 1, hours: 2 }, 3);
    // 72 % of an hour.
    assert.ok(minutes >= 40 && minutes <= 48, `${minutes} minutes at ${rate} a minute`);
  }
});

test('three slow requests at night page nobody', async () => {
  const three = { requests: 3, missed: 3 };
  for (const pair of await pairsFor(0.95)) assert.ok(!alerts(pair, three, three), pair.name);
});
