// One simulated run, three ways to the core: as a range response, through a real Prometheus filled
// from its OpenMetrics text, and through a real Prometheus that scrapes its live exporter. The
// report must be the same.
//
// Scrape effects: the text and the exporter carry the times of the run's own scrapes, so a
// Prometheus stores the same samples, whatever the moments of its scrapes; it only has to scrape
// more often than the run does. Without times (the last test) a Prometheus stamps each page with
// its own clock: values are those of a scrape of the run, up to one interval old, and no report can
// be equal to the bit.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { end, run } from '../../deploy/steps/process.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { eventually } from '../eventually.mjs';
import { diagnose } from './program.mjs';
import { newestSimulator } from './simulated.mjs';

const interval = 15;
const duration = 900;

// In the recent past, because a Prometheus refuses stamped samples that are an hour older than its
// newest.
const start = Math.floor(Date.now() / 1000 / interval) * interval - 1200;

let program;
let folder;

before(async () => {
  program = await newestSimulator();
  folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-simulated-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const selection = (fault) => [
  ...['--hardware', 'opt-13b-a100', '--duration', String(duration), '--start', String(start)],
  ...(fault ? ['--fault', fault, '--severity', '0.6', '--onset', '450'] : []),
];

/** Writes the run in one format and returns the file's path. */
async function written(format, fault) {
  const file = path.join(folder, `${fault ?? 'healthy'}.${format}`);
  await run(program, [
    'run',
    ...selection(fault),
    '--interval',
    String(interval),
    '--format',
    format,
    '--out',
    file,
  ]);
  return file;
}

/** The response without its device exporter, which the raw selector does not ask for. */
async function engineOnly(fault) {
  const file = await written('response', fault);
  const response = JSON.parse(readFileSync(file, 'utf8'));
  response.data.result = response.data.result.filter(
    ({ metric }) => !metric.__name__.startsWith('DCGM_'),
  );
  writeFileSync(file, JSON.stringify(response));
  return file;
}

/** Starts the exporter: what it announced, and how to stop it. */
async function exporter(args) {
  const child = spawn(program, ['serve', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (text.includes('\n')) resolve(text.split('\n')[0]);
    });
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`the exporter ended with status ${status}`)));
  });
  return { ...JSON.parse(line), stop: () => end(child) };
}

const times = (url) => ['--url', url, '--start', String(start), '--end', String(start + duration)];

/** Numbers that were added in another order may differ in their last bits; nothing else may. */
function assertSame(actual, expected, where = 'report') {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const largest = Math.max(Math.abs(actual), Math.abs(expected));
    assert.ok(
      Math.abs(actual - expected) <= 1e-9 * largest,
      `${where}: ${actual} against ${expected}`,
    );
  } else if (
    actual !== null &&
    typeof actual === 'object' &&
    expected !== null &&
    typeof expected === 'object'
  ) {
    assert.deepEqual(Object.keys(actual), Object.keys(expected), where);
    for (const key of Object.keys(actual))
      assertSame(actual[key], expected[key], `${where}.${key}`);
  } else assert.equal(actual, expected, where);
}

for (const fault of ['slot-cap', 'kv-thrash', undefined]) {
  test(
    `response and backfill give one report: ${fault ?? 'healthy'}`,
    { timeout: 120_000 },
    async (t) => {
      const direct = await diagnose(['--response', await engineOnly(fault)]);
      assert.ok(direct.report, direct.stderr);
      if (fault)
        assert.equal(direct.report.verdict.state, 'firing', direct.report.verdict.sentence);

      const server = await startPrometheus({
        backfill: readFileSync(await written('open-metrics', fault), 'utf8'),
      });
      t.after(() => server.stop());
      const backfilled = await diagnose([...times(server.url), '--raw']);
      assert.ok(backfilled.report, backfilled.stderr);
      assertSame(backfilled.report, direct.report);
    },
  );
}

for (const fault of ['slot-cap', undefined]) {
  test(
    `response and live exporter give one report: ${fault ?? 'healthy'}`,
    { timeout: 300_000 },
    async (t) => {
      const direct = await diagnose(['--response', await engineOnly(fault)]);
      assert.ok(direct.report, direct.stderr);

      const server = await scrapedWhole(fault);
      t.after(() => server.stop());
      const scraped = await diagnose([...times(server.url), '--raw']);
      assert.ok(scraped.report, scraped.stderr);
      assertSame(scraped.report, direct.report);
      assert.equal(scraped.status, direct.status);
    },
  );
}

/**
 * A Prometheus that saw every scrape of the run: faster than time if the machine lets it, else
 * slower.
 */
async function scrapedWhole(fault) {
  const whole = duration / interval + 1;
  let seen;
  for (const speed of [60, 30, 15]) {
    const { server, count } = await scrapedRun(fault, speed, whole);
    if (count === whole) return server;
    await server.stop();
    seen = count;
  }
  throw new Error(`${seen} of ${whole} scrapes of the run were seen at 15 times its speed`);
}

/**
 * A Prometheus that scraped the run several times a scrape of its own, and how many of those it
 * saw.
 */
async function scrapedRun(fault, speed, whole) {
  // The clock begins early enough for the server to be there at the first scrape.
  const head = 12 * speed;
  const clock = ['--elapsed', String(-head), '--speed', String(speed), '--stamped'];
  const live = await exporter([...selection(fault), '--interval', String(interval), ...clock]);
  const ending = Date.now() + ((head + duration) / speed) * 1000 + 2000;
  const server = await startPrometheus({ targets: live.targets, interval: '50ms' });
  const stop = async () => {
    await server.stop();
    await live.stop();
  };
  // Counts stored samples: a range query would fill gaps with the value before.
  const stored = `count_over_time(vllm:num_requests_running[${duration + 1}s])`;
  let count = 0;
  const look = async () => {
    count = Number((await server.query(stored, start + duration))[0]?.value[1] ?? 0);
    return count === whole || Date.now() > ending;
  };
  await eventually('the end of the run', look, { withinMs: 180_000, everyMs: 500 });
  return { server: { url: server.url, stop }, count };
}

test('in real time every stored value is one that the run had', { timeout: 120_000 }, async (t) => {
  const began = 700;
  const started = Date.now();
  const live = await exporter([
    ...selection('slot-cap'),
    '--interval',
    '1',
    '--elapsed',
    String(began),
  ]);
  t.after(() => live.stop());
  const server = await startPrometheus({ targets: live.targets, interval: '1s' });
  t.after(() => server.stop());
  const file = path.join(folder, 'second.response');
  await run(program, [
    'run',
    ...selection('slot-cap'),
    '--interval',
    '1',
    '--format',
    'response',
    '--out',
    file,
  ]);
  const stored = await eventually(
    'the first scrape is stored',
    async () => (await server.query('vllm:generation_tokens_total'))[0],
  );
  const passed = (Date.now() - started) / 1000;
  const { result } = JSON.parse(readFileSync(file, 'utf8')).data;
  const series = result.find(({ metric }) => metric.__name__ === 'vllm:generation_tokens_total');
  const elapsed = series.values.findIndex(([, value]) => Number(value) === Number(stored.value[1]));
  assert.ok(
    elapsed >= began && elapsed <= began + passed,
    `the value is that of second ${elapsed} of the run`,
  );
  assert.deepEqual(
    Object.fromEntries(Object.entries(stored.metric).sort()),
    Object.fromEntries(Object.entries(series.metric).sort()),
    'labels as in the other outlets',
  );
});
