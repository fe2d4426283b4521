// Strange series in a real Prometheus, and servers that are none.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';

import { pairEnd, pairSeries } from '../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { freePort, startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { assertSlotCap } from './expectations.mjs';
import { diagnose, exit } from './program.mjs';

const incident = pairSeries('before');
const times = ['--start', String(pairEnd - 900), '--end', String(pairEnd)];

async function diagnoseSeries(series, args = []) {
  const server = await startPrometheus(
    series.length > 0 ? { backfill: toOpenMetrics(series) } : {},
  );
  after(() => server.stop());
  return diagnose(['--url', server.url, ...times, ...args]);
}

test('an empty server: refused, because it holds no engine', async () => {
  const answer = await diagnoseSeries([]);
  assert.equal(answer.status, exit.badData, answer.stderr);
  assert.equal(answer.stdout, '');
});

test('another known prefix: found by itself, and the same verdict', async () => {
  const renamed = incident.map(({ metric, values }) => ({
    metric: { ...metric, __name__: metric.__name__.replace('vllm:', 'kserve_vllm:') },
    values,
  }));
  const answer = await diagnoseSeries(renamed);
  assertSlotCap(answer);
  assert.equal(answer.report.scopes[0].engine.prefix, 'kserve_vllm:');
});

test('a prefix of one’s own: refused with the cure, and the same verdict once it is given', async () => {
  const renamed = incident.map(({ metric, values }) => ({
    metric: { ...metric, __name__: metric.__name__.replace('vllm:', 'acme_') },
    values,
  }));
  const refused = await diagnoseSeries(renamed);
  assert.equal(refused.status, exit.badData, refused.stderr);
  assert.match(refused.stderr, /prefix/);
  assertSlotCap(await diagnoseSeries(renamed, ['--prefix', 'acme_']));
});

test('a router’s copies of the gauges: counted once', async () => {
  const copies = incident
    .filter(({ metric }) => /num_requests_(running|waiting)$/.test(metric.__name__))
    .map(({ metric: { __name__, job }, values }) => ({
      metric: { __name__, job, instance: 'router', server: 'http://pod-0:8000' },
      values,
    }));
  assertSlotCap(await diagnoseSeries([...incident, ...copies]));
});

test('a model name that tries to break out of a query: the same verdict', async () => {
  const hostile = incident.map(({ metric, values }) => ({
    metric: metric.model_name ? { ...metric, model_name: '"} or vector(1) #\\' } : metric,
    values,
  }));
  const answer = await diagnoseSeries(hostile);
  assertSlotCap(answer);
  assert.equal(answer.report.scopes[0].model, '"} or vector(1) #\\');
});

test('NaN in the store: the verdict stands', async () => {
  const laden = incident.map(({ metric, values }) => ({
    metric,
    values: values.map(([seconds, value], index) => [seconds, index % 4 === 1 ? 'NaN' : value]),
  }));
  assertSlotCap(await diagnoseSeries(laden));
});

test('no server at the address: unreachable, in one sentence', async () => {
  const answer = await diagnose(['--url', `http://127.0.0.1:${await freePort()}`]);
  assert.equal(answer.status, exit.unreachable, answer.stderr);
  assert.equal(answer.stdout, '');
  assert.match(answer.stderr, /127\.0\.0\.1/);
});

test('a server that refuses: unreachable, with its status', async () => {
  const server = createServer((_, response) => response.writeHead(403).end('forbidden'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  const answer = await diagnose(['--url', `http://127.0.0.1:${server.address().port}`]);
  assert.equal(answer.status, exit.unreachable, answer.stderr);
  assert.match(answer.stderr, /403/);
});

test('a web page instead of Prometheus: one sentence, no report', async () => {
  const server = createServer((_, response) => response.writeHead(200).end('<html>hello</html>'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  const answer = await diagnose(['--url', `http://127.0.0.1:${server.address().port}`]);
  assert.ok([exit.badData, exit.unreachable].includes(answer.status), answer.stderr);
  assert.equal(answer.stdout, '');
  assert.match(answer.stderr, /web page/);
});
