// What one query tells of an engine: how often it is scraped, and what its metrics are called.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PrometheusClient, probe } from '../dist/index.js';
import { startFake } from './fake-prometheus.mjs';

async function probed(result) {
  const fake = await startFake(() => ({
    body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }),
  }));
  try {
    return await probe(new PrometheusClient({ url: fake.url }), 'x[10m]');
  } finally {
    await fake.stop();
  }
}

const series = (name, times) => ({
  metric: { __name__: name },
  values: times.map((time) => [time, '1']),
});

test('the median distance decides, of a target that is two scrapes old too', async () => {
  assert.equal((await probed([series('a', [100, 115])])).scrapeInterval, 15_000);
  assert.equal((await probed([series('a', [0, 30, 60, 180, 210])])).scrapeInterval, 30_000);
});

test('jitter of milliseconds is no interval of its own, a fraction of a second is', async () => {
  assert.equal((await probed([series('a', [100.003, 115.001, 130.005])])).scrapeInterval, 15_000);
  assert.equal((await probed([series('a', [1, 1.25, 1.5])])).scrapeInterval, 250);
});

test('names come with the most frequent first', async () => {
  const found = await probed([
    series('kserve_vllm:x', [1, 2]),
    series('vllm:x', [1, 2]),
    series('vllm:x', [1, 2]),
  ]);
  assert.deepEqual(found.names, ['vllm:x', 'kserve_vllm:x']);
});

test('without two samples the interval is not known', async () => {
  assert.deepEqual(await probed([]), { scrapeInterval: undefined, names: [], namespaces: [] });
  assert.equal((await probed([series('a', [5])])).scrapeInterval, undefined);
  assert.equal((await probed([{ metric: {}, value: [5, '1'] }, null])).scrapeInterval, undefined);
});

test('the namespaces of the engines are told once each', async () => {
  const of = (namespace) => ({ metric: { __name__: 'a', namespace }, values: [[1, '1']] });
  const found = await probed([of('b'), of('a'), of('b'), series('a', [5])]);
  assert.deepEqual(found.namespaces, ['a', 'b']);
});
