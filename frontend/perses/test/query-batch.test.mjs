// Query results of Perses as a batch: units, text and numbers, roles, absence.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { importSource, loadedEngine } from './source.mjs';

const { toBatch, noticesOf } = await importSource('query-batch.ts');
const { roleFinder } = await importSource('roles.ts');
const roles = roleFinder(await loadedEngine());

/** A result as `PrometheusTimeSeriesQuery` gives it. */
function resultOf(series, { query = 'up', name, metadata } = {}) {
  const plugin = { kind: 'PrometheusTimeSeriesQuery', spec: { query } };
  const definition = {
    kind: 'TimeSeriesQuery',
    spec: { ...(name === undefined ? {} : { name }), plugin },
  };
  return { definition, data: { series, ...(metadata === undefined ? {} : { metadata }) } };
}

const seriesOf = (more = {}) => ({
  name: '{}',
  formattedName: '{}',
  labels: {},
  values: [[1000, 1]],
  ...more,
});
const only = (result) => toBatch([result], roles).series[0];

test('times stay milliseconds, whatever a multiplication left of them', () => {
  const { times, values } = toBatch(
    [resultOf([seriesOf({ values: [[1780000200.1 * 1000, 2]] })])],
    roles,
  );
  assert.deepEqual([...times], [1780000200100]);
  assert.deepEqual([...values], [2]);
});

test('null and NaN are absent, zero is zero', () => {
  const { values } = toBatch(
    [
      resultOf([
        seriesOf({
          values: [
            [0, 0],
            [1, null],
            [2, NaN],
            [3, Infinity],
          ],
        }),
      ]),
    ],
    roles,
  );
  assert.deepEqual([...values], [0, NaN, NaN, Infinity]);
});

test('native histograms: seconds become milliseconds, text becomes numbers, and their sums are no series', () => {
  const sample = {
    count: '3',
    sum: '0.75',
    buckets: [
      [0, '0.1', '0.25', '2'],
      [1, '-Inf', '+Inf', '1'],
    ],
  };
  const histograms = [[1780000200.5, sample]];
  const batch = toBatch(
    [resultOf([seriesOf({ values: [[1780000200500, 0.75]], histograms })])],
    roles,
  );
  assert.equal(batch.series.length, 0);
  assert.deepEqual(batch.native[0].times, [1780000200500]);
  assert.deepEqual(batch.native[0].histograms, [
    {
      count: 3,
      sum: 0.75,
      buckets: [
        [0, 0.1, 0.25, 2],
        [1, -Infinity, Infinity, 1],
      ],
    },
  ]);
});

test('the query that was sent goes along, before the one that was written', () => {
  const sent = only(
    resultOf([seriesOf()], {
      query: 'rate(x[$__interval])',
      metadata: { executedQueryString: 'rate(x[15s])' },
    }),
  );
  assert.equal(sent.query, 'rate(x[15s])');
  assert.equal(only(resultOf([seriesOf()], { query: 'sum(x)' })).query, 'sum(x)');
});

test('a name that the author gave is a role where labels and query say nothing', () => {
  const recorded = { query: 'team:latency:rate5m' };
  assert.equal(
    only(resultOf([seriesOf()], { ...recorded, name: 'queue_time_bucket' })).role,
    'queue_time_bucket',
  );
  assert.equal(
    only(resultOf([seriesOf({ formattedName: 'kv_usage' })], recorded)).role,
    'kv_usage',
  );
  assert.equal(
    only(resultOf([seriesOf()], { ...recorded, name: 'queue_time_bucket/rate/60000' })).role,
    'queue_time_bucket/rate/60000',
  );
  assert.equal(only(resultOf([seriesOf()], { ...recorded, name: 'Queue time' })).role, undefined);
});

test('a role by name takes its reading from the query', () => {
  const read = (query) => only(resultOf([seriesOf()], { query, name: 'queue_time_bucket' }));
  assert.equal(read('sum by (le) (rate(team:queue[1m]))').kind, 'rate');
  assert.equal(read('sum by (le) (increase(team:queue[1m]))').kind, 'increase');
  assert.equal(read('team:queue').kind, undefined);
});

test('what the data say is not overruled by a name', () => {
  const name = 'queue_time_bucket';
  for (const labels of [
    { __name__: 'vllm:num_requests_running' },
    { triage_role: 'running/gauge/0' },
  ]) {
    assert.equal(only(resultOf([seriesOf({ labels })], { name })).role, undefined);
  }
  assert.equal(
    only(resultOf([seriesOf()], { name, query: 'sum(vllm:num_requests_running)' })).role,
    undefined,
  );
});

test('a query without data adds nothing, and its neighbours keep their place', () => {
  const { definition } = resultOf([]);
  const batch = toBatch(
    [{ definition }, resultOf([]), resultOf([seriesOf({ values: [[1, 7]] })])],
    roles,
  );
  assert.deepEqual([...batch.values], [7]);
});

test('messages of the data source keep level, text and query', () => {
  const metadata = {
    executedQueryString: 'x',
    notices: [{ type: 'warning', message: 'results may be truncated' }],
  };
  assert.deepEqual(noticesOf([resultOf([], { metadata })]), [
    { level: 'warning', text: 'results may be truncated', query: 'x' },
  ]);
});
