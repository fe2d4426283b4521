// Pure schedules: back-off, Retry-After, grids.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  delayBefore,
  gridUpTo,
  parseRetryAfter,
  queryBackOff,
  refreshBackOff,
  stepOf,
  tailOf,
} from '../dist/index.js';

test('pauses double up to their cap and are the same every time', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 100].map((retry) => delayBefore(retry, queryBackOff));
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  assert.deepEqual(
    [1, 2, 7, 8].map((retry) => delayBefore(retry, refreshBackOff)),
    [5_000, 10_000, 300_000, 300_000],
  );
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-05-28T20:00:00Z');
  assert.equal(parseRetryAfter('12', now), 12_000);
  assert.equal(parseRetryAfter('Thu, 28 May 2026 20:00:30 GMT', now), 30_000);
  assert.equal(parseRetryAfter('Thu, 28 May 2026 19:00:00 GMT', now), 0);
  for (const none of [null, '', 'soon']) assert.equal(parseRetryAfter(none, now), undefined);
});

test('the step is the least multiple of the scrape interval with at most a thousand steps', () => {
  const minute = 60_000;
  assert.equal(stepOf(30 * minute, 15_000), 15_000);
  assert.equal(stepOf(250 * minute, 15_000), 15_000);
  assert.equal(stepOf(251 * minute, 15_000), 30_000);
  assert.equal(stepOf(24 * 60 * minute, 15_000), 90_000);
  assert.equal(stepOf(10 * minute, 60_000), 60_000);
  for (let range = minute; range < 10_000 * minute; range = Math.round(range * 1.37)) {
    const step = stepOf(range, 7_000);
    assert.equal(step % 7_000, 0);
    assert.ok(range / step <= 1_000);
    assert.ok(step === 7_000 || range / (step - 7_000) > 1_000);
  }
});

test('a grid ends at or before now, covers the range, and continues an earlier one', () => {
  const now = 1_780_000_007_123;
  const grid = gridUpTo(now, 100_000, 15_000);
  assert.equal(grid.end % 15_000, 0);
  assert.equal(grid.start % 15_000, 0);
  assert.ok(grid.end <= now && now - grid.end < 15_000);
  assert.ok(grid.end - grid.start >= 100_000 && grid.end - grid.start < 115_000);
});

test('grids are those of the core', () => {
  const file = new URL('../../../tests/vectors/fetches.json', import.meta.url);
  const { detail } = JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(detail.length > 10);
  for (const [now, range, scrapeInterval, start, end, step] of detail) {
    const grid = gridUpTo(now, range, stepOf(range, scrapeInterval));
    assert.deepEqual(grid, { start, end, step }, `${range} ms at ${scrapeInterval} ms`);
  }
});

test('a tail begins one step before what is complete, never before the grid', () => {
  const grid = { start: 0, end: 150_000, step: 15_000 };
  assert.deepEqual(tailOf(grid, 120_000), { start: 105_000, end: 150_000, step: 15_000 });
  assert.deepEqual(tailOf(grid, 0), grid);
});
