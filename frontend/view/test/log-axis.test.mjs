import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const { logAxis } = await load('src/charts/log-axis.ts');
const plain = (axis) => axis.ticks.map(({ label }) => label.replaceAll('\u00a0', ' '));

test('equal ratios are equal distances', () => {
  const axis = logAxis([0.001, 10]);
  const [a, b, c] = [0.01, 0.1, 1].map(axis.position);
  assert.ok(Math.abs(b - a - (c - b)) < 1e-12);
});

test('every value lies within the axis, nothing leaves it', () => {
  const axis = logAxis([0.0009411, 3.07, 10]);
  for (const value of [0.0009411, 3.07, 10]) {
    assert.ok(axis.position(value) > 0 && axis.position(value) < 1);
  }
  assert.equal(axis.position(0), 0);
  assert.equal(axis.position(-1), 0);
  assert.equal(axis.position(1e-9), 0);
  assert.equal(axis.position(1e9), 1);
});

test('ticks are round and labelled with their unit', () => {
  assert.deepEqual(plain(logAxis([0.0009411, 14.5])), ['1 ms', '10 ms', '0.1 s', '1 s', '10 s']);
  assert.deepEqual(plain(logAxis([3, 7])), ['2 s', '5 s', '10 s', '20 s']);
  assert.ok(logAxis([1e-6, 1000]).ticks.length <= 6);
});

test('small movements of the data do not move the axis', () => {
  const a = logAxis([0.0012, 3.1]);
  const b = logAxis([0.0013, 3.2]);
  assert.deepEqual([a.lo, a.hi], [b.lo, b.hi]);
});

test('absent, zero and infinite values are not on it', () => {
  assert.deepEqual(logAxis([NaN, 0, Infinity, 0.3]).lo, logAxis([0.3]).lo);
  assert.ok(logAxis([]).ticks.length > 0);
});
