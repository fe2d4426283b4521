import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const { between, dragged, gripAt, keyed, snap } = await load('src/sections/strips/brush.ts');
const grid = { start: 1000, end: 2000, step: 100 };
const window = { start: 1300, end: 1600 };

test('times snap to the sample grid and stay within the range', () => {
  assert.deepEqual(
    [1249, 1251, 0, 9999].map((time) => snap(time, grid)),
    [1200, 1300, 1000, 2000],
  );
});

test('a drag in either direction gives the same window, at least one step long', () => {
  assert.deepEqual(between(1310, 1590, grid), { start: 1300, end: 1600 });
  assert.deepEqual(between(1590, 1310, grid), { start: 1300, end: 1600 });
  assert.deepEqual(between(1300, 1301, grid), { start: 1300, end: 1400 });
  assert.deepEqual(between(2000, 2000, grid), { start: 1900, end: 2000 });
});

test('a moved window keeps its length at the ends of the range', () => {
  assert.deepEqual(dragged(window, 'body', 200, grid), { start: 1500, end: 1800 });
  assert.deepEqual(dragged(window, 'body', 9999, grid), { start: 1700, end: 2000 });
  assert.deepEqual(dragged(window, 'body', -9999, grid), { start: 1000, end: 1300 });
});

test('an edge stops one step before the other', () => {
  assert.deepEqual(dragged(window, 'start', 9999, grid), { start: 1500, end: 1600 });
  assert.deepEqual(dragged(window, 'end', -9999, grid), { start: 1300, end: 1400 });
});

test('keys move by a step, Shift and the page keys by ten, Home and End to the ends', () => {
  const long = { start: 0, end: 10_000, step: 100 };
  const here = { start: 5000, end: 6000 };
  assert.deepEqual(keyed(here, 'body', 'ArrowRight', false, long), { start: 5100, end: 6100 });
  assert.deepEqual(keyed(here, 'body', 'ArrowLeft', true, long), { start: 4000, end: 5000 });
  assert.deepEqual(keyed(here, 'end', 'PageUp', false, long), { start: 5000, end: 7000 });
  assert.deepEqual(keyed(here, 'start', 'Home', false, long), { start: 0, end: 6000 });
  assert.deepEqual(keyed(here, 'body', 'End', false, long), { start: 9000, end: 10_000 });
  assert.equal(keyed(here, 'body', 'a', false, long), undefined);
});

test('a range without a step still brushes', () => {
  assert.deepEqual(between(1000.4, 1700.2, { start: 1000, end: 2000, step: 0 }), {
    start: 1000,
    end: 1700,
  });
});

test('edges and body catch the pointer, unless the window covers nearly everything', () => {
  assert.equal(gripAt(1305, 10, window, grid), 'start');
  assert.equal(gripAt(1595, 10, window, grid), 'end');
  assert.equal(gripAt(1450, 10, window, grid), 'body');
  assert.equal(gripAt(1700, 10, window, grid), undefined);
  assert.equal(gripAt(1500, 10, { start: 1000, end: 2000 }, grid), undefined);
});
