import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BatchBuilder } from '../dist/index.js';

const labels = { __name__: 'vllm:num_requests_running' };

test('absent samples are NaN, never zero, and text is read as numbers', () => {
  const builder = new BatchBuilder();
  builder.addSeries({
    labels,
    times: [1, 2, 3, 4, 5, 6],
    values: [7, null, undefined, '', '2.5', 'n/a'],
  });
  const batch = builder.build();
  assert.deepEqual([...batch.values], [7, NaN, NaN, NaN, 2.5, NaN]);
  assert.deepEqual(batch.series, [{ labels, grid: 0, offset: 0, length: 6 }]);
});

test('identical runs of times are stored once, others apart', () => {
  const builder = new BatchBuilder();
  builder.addSeries({ labels, times: [1, 2], values: [1, 2] });
  builder.addSeries({ labels, times: [1, 3], values: [3, 4] });
  builder.addSeries({ labels, times: [1, 2], values: [5, 6] });
  const batch = builder.build();
  assert.deepEqual([...batch.times], [1, 2, 1, 3]);
  assert.deepEqual(
    batch.series.map(({ grid, offset }) => [grid, offset]),
    [
      [0, 0],
      [2, 2],
      [0, 4],
    ],
  );
});

test('a host may empty its arrays at once', () => {
  const builder = new BatchBuilder();
  const times = [1, 2];
  const values = [3, 4];
  builder.addSeries({ labels, times, values });
  times.length = 0;
  values.fill(0);
  assert.deepEqual([...builder.build().values], [3, 4]);
});

test('times in disorder are sorted, of two at one time the later sample stays, times that are none are left out', () => {
  const builder = new BatchBuilder();
  builder.addSeries({ labels, times: [3, 1, 2, 1, Number.NaN], values: [30, 10, 20, 11, 99] });
  const batch = builder.build();
  assert.deepEqual([...batch.times], [1, 2, 3]);
  assert.deepEqual([...batch.values], [11, 20, 30]);
});

test('what the host knows goes with the series; what it does not know is not made up', () => {
  const builder = new BatchBuilder();
  builder.addSeries({
    labels: {},
    role: 'running',
    query: 'up',
    kind: 'gauge',
    windowMs: 60_000,
    times: [1],
    values: [1],
  });
  assert.deepEqual(builder.build().series[0], {
    labels: {},
    role: 'running',
    query: 'up',
    kind: 'gauge',
    window_ms: 60_000,
    grid: 0,
    offset: 0,
    length: 1,
  });
});

test('a series without samples adds nothing', () => {
  const builder = new BatchBuilder();
  builder.addSeries({ labels, times: [], values: [] });
  builder.addNative({ labels, times: [1], histograms: [null] });
  assert.ok(builder.isEmpty);
  assert.deepEqual(builder.build().series, []);
});

test('native histograms keep their times', () => {
  const builder = new BatchBuilder();
  const histogram = { count: 2, sum: 1.5, buckets: [[0, 0, 1, 2]] };
  builder.addNative({ labels, times: [1, 2, 3], histograms: [histogram, undefined, histogram] });
  const [series] = builder.build().native;
  assert.deepEqual(series.times, [1, 3]);
  assert.equal(series.histograms.length, 2);
});
