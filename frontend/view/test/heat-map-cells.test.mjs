import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const { cellAt, contentOf, moved, positionOf, rowTotals } = await load(
  'src/charts/heat-map-cells.ts',
);

/** Two columns of 10 s and 30 s; buckets to 1, to 10 and open, drawn a decade each. */
const map = {
  times: Float64Array.of(0, 10_000, 40_000),
  bounds: Float64Array.of(0, 1, 10, Infinity),
  edges: Float64Array.of(0.1, 1, 10, 100),
  counts: Float64Array.of(4, 1, 0, NaN, NaN, NaN),
  lo: Float64Array.of(0.5, NaN),
  hi: Float64Array.of(1, NaN),
};

test('the axis is logarithmic between the drawn edges, and nothing stands beyond them', () => {
  assert.equal(positionOf(map, 0.1), 0);
  assert.ok(Math.abs(positionOf(map, 10) - 2 / 3) < 1e-12);
  assert.equal(positionOf(map, 100), 1);
  assert.equal(positionOf(map, 0.01), undefined);
});

test('a place inside belongs to one cell, the far corner to the last', () => {
  assert.deepEqual(cellAt(map, 0, 0), { column: 0, row: 0 });
  assert.deepEqual(cellAt(map, 0.24, 0.5), { column: 0, row: 1 });
  assert.deepEqual(cellAt(map, 0.26, 0.7), { column: 1, row: 2 });
  assert.deepEqual(cellAt(map, 1, 1), { column: 1, row: 2 });
});

test('arrow keys stop at the edges', () => {
  assert.deepEqual(moved(map, { column: 0, row: 2 }, -1, 1), { column: 0, row: 2 });
  assert.deepEqual(moved(map, { column: 0, row: 2 }, 1, -1), { column: 1, row: 1 });
});

test('a cell says its time, its true bounds, its count and share, and the interval of its column', () => {
  assert.deepEqual(contentOf(map, { column: 0, row: 0 }), {
    start: 0,
    end: 10_000,
    low: 0,
    high: 1,
    count: 4,
    total: 5,
    quantile: { lo: 0.5, hi: 1 },
  });
  const absent = contentOf(map, { column: 1, row: 2 });
  assert.equal(absent.count, undefined);
  assert.equal(absent.high, Infinity);
  assert.equal(absent.quantile, undefined);
});

test('columns without data add nothing to the totals', () => {
  assert.deepEqual(rowTotals(map), [4, 1, 0]);
});
