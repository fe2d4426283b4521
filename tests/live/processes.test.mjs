// Two simulated engines and a real Prometheus that meets them in every way that has misled
// somebody: one through two scrape jobs, one through a highly available pair, both through a
// balancer that takes turns, both as workers on one page. The figures must be those of the engines
// themselves.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { end, run } from '../../deploy/steps/process.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { startExporter } from '../../deploy/steps/replay-exporter.mjs';
import { firstLine } from '../../deploy/steps/simulator.mjs';
import { eventually } from '../eventually.mjs';
import { diagnose, exit } from './program.mjs';
import { newestSimulator } from './simulated.mjs';

/** Second of the run at which the first scrape is made, and how many are made, one a second. */
const elapsed = 300;
const scrapes = 45;

let folder;
let server;
let engines = [];
let pages = [];
let range;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-processes-'));
  const program = await newestSimulator();
  engines = await Promise.all([1, 2].map((seed) => startEngine(program, seed)));
  const [first, second] = engines.map(({ address }) => address);
  const balancer = await startBalancer([first, second]);
  const workers = await startWorkers([first, second]);
  server = await startPrometheus({
    interval: '1s',
    targets: [
      target('once', first, 'llm', { pod: 'once-0' }),
      target('jobs', first, 'llm', { pod: 'jobs-0', instance: 'jobs-0:8000' }),
      target('jobs', first, 'podmonitoring', { pod: 'jobs-0', instance: 'jobs-0:metrics' }),
      target('addresses', first, 'llm', { instance: '10.0.0.1:8000' }),
      target('addresses', first, 'service', { instance: 'llm.internal:80' }),
      target('pair', first, 'llm', { pod: 'pair-0', prometheus_replica: 'k8s-0' }),
      target('pair', first, 'llm', { pod: 'pair-0', prometheus_replica: 'k8s-1' }),
      target('apart', first, 'llm', { pod: 'apart-0' }),
      target('apart', second, 'llm', { pod: 'apart-1' }),
      target('balancer', balancer.address, 'llm', {}),
      target('workers', workers.address, 'ray', {}),
    ],
  });
  pages = [balancer, workers];
  range = await eventually('every target is scraped long enough', seenRange, { everyMs: 500 });
});

after(async () => {
  await server?.stop();
  for (const one of [...pages, ...engines]) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * A target of one way to meet the engines; jobs of one name need names of their own to be set up.
 */
function target(setup, address, job, labels) {
  const all = { instance: `${setup}:8000`, ...labels, job, setup };
  return { address, job: `${setup} ${Object.values(labels).join(' ')} ${job}`, labels: all };
}

/** The seconds in which every target was scraped `scrapes` times. */
async function seenRange() {
  const seen = 'count_over_time(up[10m]) and on (instance, job) up == 1';
  const counts = await server.query(seen);
  if (counts.length < 11 || counts.some(({ value }) => Number(value[1]) < scrapes + 4)) return;
  const now = Math.floor(Date.now() / 1000) - 2;
  return { start: now - scrapes, end: now };
}

/** An engine with fewer slots than users, and what it had finished by each second. */
async function startEngine(program, seed) {
  const settings = ['--hardware', 'llama-3.1-8b-h100', '--seed', String(seed), '--duration', '900'];
  const fault = ['--fault', 'slot-cap', '--severity', '0.3', '--onset', '0', '--interval', '1'];
  const moment = ['--elapsed', String(elapsed), '--exit-with-stdin'];
  const child = spawn(program, ['serve', ...settings, ...fault, ...moment], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { targets } = JSON.parse(await firstLine(child));
  const began = Date.now() / 1000;
  const file = path.join(folder, `${seed}.response`);
  await run(program, ['run', ...settings, ...fault, '--format', 'response', '--out', file]);
  const { result } = JSON.parse(readFileSync(file, 'utf8')).data;
  const name = 'vllm:e2e_request_latency_seconds_count';
  const { values } = result.find(({ metric }) => metric.__name__ === name);
  const finishedAt = (seconds) => Number(values[Math.floor(seconds - began + elapsed)][1]);
  return { address: targets[0].address, finishedAt, stop: () => end(child) };
}

/** Answers each scrape with the page of the next engine. */
async function startBalancer(addresses) {
  let turn = 0;
  const proxy = createServer(async (_, response) => {
    const page = await pageOf(addresses[turn++ % addresses.length]);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${proxy.address().port}`,
    stop() {
      proxy.closeAllConnections();
      return new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** One page with the metrics of all engines, told apart as Ray tells its workers. */
async function startWorkers(addresses) {
  let page = '';
  const refresh = async () => {
    const pages = await Promise.all(addresses.map(pageOf));
    const lines = pages.flatMap((text, worker) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('vllm:') && line.includes('{'))
        .map((line) => line.replace('vllm:', 'ray_vllm_').replace('{', `{WorkerId="w${worker}",`)),
    );
    page = `${lines.join('\n')}\n`;
  };
  await refresh();
  const timer = setInterval(() => refresh().catch(() => undefined), 500);
  const exporter = await startExporter(() => page);
  return {
    address: exporter.address,
    stop() {
      clearInterval(timer);
      return exporter.stop();
    },
  };
}

async function pageOf(address) {
  return (await fetch(`http://${address}/metrics`)).text();
}

async function diagnosed(setup, ...more) {
  const times = ['--start', String(range.start), '--end', String(range.end)];
  const window = ['--window', `${range.start}..${range.end}`, '--baseline', 'none'];
  const matchers = ['--match', `setup="${setup}"`];
  const answer = await diagnose(['--url', server.url, ...times, ...window, ...matchers, ...more]);
  assert.ok(answer.report, `${setup}: ${answer.stderr}`);
  return answer;
}

const cap = (report) => report.limits.find(({ name }) => name === 'max_num_seqs')?.value;
const twice = (report) => report.quality.caveats.find(({ id }) => id === 'scraped-twice');

/** A scrape shows what was true up to a second or two before. */
function assertFinished(report, of, setup) {
  const grown = (from, to) =>
    of.reduce((sum, engine) => sum + engine.finishedAt(to) - engine.finishedAt(from), 0);
  const [start, until] = [report.window.start / 1000, report.window.end / 1000];
  const least = grown(start + 1, until - 3);
  const most = grown(start - 3, until + 1);
  const { finished_requests: finished } = report.window;
  assert.ok(least > 5, `the engines finished only ${least} requests`);
  assert.ok(finished >= least && finished <= most, `${setup}: ${finished}, ${least} to ${most}`);
}

for (const [setup, labels] of Object.entries({
  jobs: ['job', 'llm', 'podmonitoring'],
  addresses: ['instance', '10.0.0.1:8000', 'llm.internal:80'],
  pair: ['prometheus_replica', 'k8s-0', 'k8s-1'],
})) {
  test(`${setup}: one engine that is scraped twice counts once`, async () => {
    const { report: once } = await diagnosed('once');
    assertFinished(once, [engines[0]], 'once');
    assert.equal(twice(once), undefined);
    const { report, status } = await diagnosed(setup);
    assertFinished(report, [engines[0]], setup);
    assert.equal(report.verdict.id, once.verdict.id);
    assert.equal(status, exit.finding);
    assert.equal(report.scopes[0].replicas.length, 1);
    assert.ok(cap(once) > 0, 'the slots are full');
    assert.equal(cap(report), cap(once));
    for (const word of labels) assert.ok(twice(report)?.text.includes(word), twice(report)?.text);
  });
}

for (const setup of ['jobs', 'addresses', 'pair']) {
  test(`${setup}: one engine that is scraped twice counts once in sums by model`, async () => {
    const { report } = await diagnosed(setup, '--grouping', 'model');
    assertFinished(report, [engines[0]], setup);
    assert.ok(twice(report), 'the copy is told');
  });
}

test('apart: two engines are two, in sums by model too', async () => {
  const { report } = await diagnosed('apart', '--grouping', 'model');
  assertFinished(report, engines, 'apart');
  assert.equal(twice(report), undefined);
});

test('apart: two engines are two', async () => {
  const { report } = await diagnosed('apart');
  assert.equal(report.scopes[0].replicas.length, 2);
  assertFinished(report, engines, 'apart');
  assert.equal(twice(report), undefined);
});

test('workers: two engines on one page are two', async () => {
  const [{ report: once }, { report }] = [await diagnosed('apart'), await diagnosed('workers')];
  assert.equal(report.scopes[0].replicas.length, 2);
  for (const worker of ['w0', 'w1'])
    assert.ok(
      report.scopes[0].replicas.some((key) => key.includes(worker)),
      `${report.scopes[0].replicas}`,
    );
  assertFinished(report, engines, 'workers');
  assert.equal(report.verdict.id, once.verdict.id);
  assert.equal(cap(report), cap(once));
});

test('balancer: a target that two engines answer in turn is refused', async () => {
  const { report, status } = await diagnosed('balancer');
  assert.equal(report.verdict.id, 'telemetry-fault', report.verdict.sentence);
  assert.match(report.verdict.action.sentence, /^Scrape each replica/);
  assert.equal(report.window.finished_requests, undefined);
  assert.equal(status, exit.finding);
});
