// The published incident, scraped live by a real Prometheus, backfilled into one, and read over
// HTTP.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import {
  expositionPair,
  onsetSeries,
  pairEnd,
  pairSeries,
  scrapeLabels,
} from '../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { startSequence } from '../../deploy/steps/replay-exporter.mjs';
import {
  assertAfterFigures,
  assertBeforeFigures,
  assertHealthyAfter,
  assertMemoryRuledOut,
  assertSlotCap,
  assertTooFast,
} from './expectations.mjs';
import { diagnose, exit, finding, quantile, runProgram } from './program.mjs';

const pairTimes = ['--start', String(pairEnd - 900), '--end', String(pairEnd)];

async function backfilled(series) {
  const server = await startPrometheus({ backfill: toOpenMetrics(series) });
  after(() => server.stop());
  return server;
}

/**
 * Serves both expositions to a scraper at 1 s: the first long enough to be a base, then the second.
 */
async function scraped(name) {
  const exporter = await startSequence(expositionPair(name));
  const server = await startPrometheus({
    targets: [
      {
        address: exporter.address,
        job: scrapeLabels.job,
        labels: { instance: scrapeLabels.instance },
      },
    ],
    interval: '1s',
  });
  after(async () => {
    await server.stop();
    await exporter.stop();
  });
  await scrapes(server, 20);
  exporter.show(1);
  const shown = Date.now();
  // A request that was on its way may still have read the first one.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await scrapes(server, 20 + Math.ceil((Date.now() - shown) / 1000) + 8);
  return server;
}

async function scrapes(server, wanted) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const [sample] = await server.query('count_over_time(up[10m])');
    if (Number(sample?.value[1] ?? 0) >= wanted) return;
    assert.ok(Date.now() < deadline, `Prometheus did not scrape ${wanted} times within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

test('before the fix, scraped live within seconds: its figures, and that time does not fit', async () => {
  const server = await scraped('before');
  const answer = await diagnose(['--url', server.url, '--range', '5m']);
  assertTooFast(answer);
  assertBeforeFigures(answer);
});

test('after the fix, scraped live within seconds: its figures, and that time does not fit', async () => {
  const server = await scraped('after');
  const answer = await diagnose(['--url', server.url, '--range', '5m']);
  assertTooFast(answer);
  assertAfterFigures(answer);
});

test('before the fix, backfilled: the cap of two slots', async () => {
  const server = await backfilled(pairSeries('before'));
  const answer = await diagnose(['--url', server.url, ...pairTimes]);
  assertSlotCap(answer);
  assertMemoryRuledOut(answer);
  assertBeforeFigures(answer);
});

test('after the fix, backfilled: healthy', async () => {
  const server = await backfilled(pairSeries('after'));
  assertHealthyAfter(await diagnose(['--url', server.url, ...pairTimes]));
});

test('before the fix, as text: what an engineer pastes into an incident channel', async () => {
  const server = await backfilled(pairSeries('before'));
  const { status, stdout, stderr } = await runProgram([
    'diagnose',
    '--full',
    '--url',
    server.url,
    ...pairTimes,
  ]);
  assert.equal(status, exit.finding, stderr);
  assert.match(stdout, /capped at 2 running sequences/);
  assert.match(stdout, /max-num-seqs/);
  assert.match(stdout, /6\.05/);
  assert.match(stdout, /7\.3 s/);
  for (const line of stdout.split('\n'))
    assert.ok([...line].length <= 100, `wider than 100 columns: ${line}`);
  // eslint-disable-next-line no-control-regex -- escape sequences are exactly what must not be there
  assert.doesNotMatch(stdout, /\u001b/, 'no colours when nobody looks at a terminal');
});

test('points equal the server’s own histogram_quantile, bit for bit', async () => {
  const families = {
    ttft: 'time_to_first_token_seconds',
    itl: 'inter_token_latency_seconds',
    e2e: 'e2e_request_latency_seconds',
    queue_time: 'request_queue_time_seconds',
    prefill_time: 'request_prefill_time_seconds',
    decode_time: 'request_decode_time_seconds',
  };
  for (const name of ['before', 'after']) {
    const server = await backfilled(pairSeries(name));
    const { report } = await diagnose(['--url', server.url, ...pairTimes]);
    for (const [signal, family] of Object.entries(families)) {
      for (const q of [0.5, 0.95, 0.99]) {
        const buckets = `vllm:${family}_bucket`;
        const query = `histogram_quantile(${q}, sum by (le) (${buckets} - ${buckets} offset 5m))`;
        const [sample] = await server.query(query, pairEnd);
        assert.equal(
          quantile(report, signal, q).point,
          Number(sample.value[1]),
          `${name} ${signal} p${100 * q}`,
        );
      }
    }
  }
});

test('the cap arrives at minute 32: the verdict names the moment', async () => {
  const series = onsetSeries();
  const [first] = series[0].values[0];
  const last = series[0].values.at(-1)[0];
  const server = await backfilled(series);
  const answer = await diagnose([
    '--url',
    server.url,
    '--start',
    String(first),
    '--end',
    String(last),
  ]);
  assertSlotCap(answer);
  const onset = (1_780_000_000 + 32 * 60) * 1000;
  const steps = Math.abs(answer.report.verdict.since - onset) / 15_000;
  assert.ok(steps <= 2, `since ${answer.report.verdict.since}, ${steps} steps from minute 32`);
});

test('one hour before the cap: healthy', async () => {
  const series = onsetSeries();
  const [first] = series[0].values[0];
  const server = await backfilled(series);
  const answer = await diagnose([
    '--url',
    server.url,
    '--start',
    String(first),
    '--end',
    String(first + 30 * 60),
  ]);
  assert.equal(answer.report?.verdict.id, 'healthy', answer.stderr);
  assert.equal(answer.status, exit.healthy);
});

test('a window before the cap flips the verdict of the same hour', async () => {
  const series = onsetSeries();
  const [first] = series[0].values[0];
  const last = series[0].values.at(-1)[0];
  const server = await backfilled(series);
  const window = `${first + 600}..${first + 1200}`;
  const range = ['--start', String(first), '--end', String(last), '--window', window];
  const { report, stderr } = await diagnose(['--url', server.url, ...range]);
  assert.equal(report?.verdict.id, 'healthy', stderr);
  assert.equal(finding(report, 'slot-cap').state, 'clear');
});
