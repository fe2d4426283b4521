// Recorded growth in place of every replica's counters: the same report from a real Prometheus, and
// what the recording rules cost it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { onsetSeries } from '../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { assertSameSums } from './figures.mjs';
import { diagnose, diagnoseResponses, exit, runProgram } from './program.mjs';
import { recordedSeries } from './recorded.mjs';

const hour = onsetSeries();
const times = hour[0].values.map(([seconds]) => seconds);
const wholeMinute = (seconds) => Math.floor(seconds / 60) * 60;
const start = wholeMinute(times[0]) + 120;
const end = wholeMinute(times.at(-1));

/** Two replicas, the second of which restarts at two thirds. */
const isCounter = (name) => /_(total|bucket|count|sum)$/.test(name);
const restart = Math.floor((times.length * 2) / 3);
const second = hour.map(({ metric, values }) => ({
  metric: { ...metric, instance: '10.0.0.2:8000' },
  values: values.map(([seconds, value], index) => {
    const lost = index < restart ? 0 : Number(values[restart][1]);
    return [seconds, isCounter(metric.__name__) ? String(Number(value) - lost) : value];
  }),
}));
const fleet = [...hour, ...second];

const recorded = (server, args, labels) => recordedSeries(server, { start, end, args, labels });

test('the report from recorded growth is that from raw series', async () => {
  const raw = await startPrometheus({ backfill: toOpenMetrics(fleet) });
  after(() => raw.stop());
  const series = await recorded(raw);
  const server = await startPrometheus({ backfill: toOpenMetrics([...fleet, ...series]) });
  after(() => server.stop());
  const plan = await runProgram(['plan', '--format', 'json']);
  const { raw_selector } = JSON.parse(plan.stdout);
  for (const minutes of [10, 25]) {
    const window = `${end - minutes * 60}..${end}`;
    const settings = ['--window', window, '--baseline', 'none'];
    // Raw series at the same step: states are samples, and others would be other samples.
    const exact = await diagnoseResponses(
      [await server.queryRange(raw_selector, { start, end, step: 60 })],
      settings,
    );
    const times = ['--start', String(start), '--end', String(end)];
    const read = await diagnose(['--url', server.url, ...times, ...settings, '--recorded']);
    assert.ok(read.report, read.stderr);
    assert.ok(read.report.window.finished_requests > 0);
    assert.equal(read.report.verdict?.id, exact.report.verdict?.id);
    assertSameSums(read.report, exact.report, `recorded, ${minutes} minutes`);
  }
});

test('several packs in one server are read apart, each by its own matchers', async () => {
  const raw = await startPrometheus({ backfill: toOpenMetrics(fleet) });
  after(() => raw.stop());
  const one = 'instance="10.0.0.2:8000"';
  const series = [
    ...(await recorded(raw)),
    ...(await recorded(raw, ['--match', one, '--name', 'second'], { triage_match: one })),
  ];
  const server = await startPrometheus({ backfill: toOpenMetrics([...fleet, ...series]) });
  after(() => server.stop());
  const window = `${end - 1500}..${end}`;
  const times = ['--start', String(start), '--end', String(end)];
  const settings = [...times, '--window', window, '--baseline', 'none'];
  const model = `model_name="${hour[0].metric.model_name}"`;
  for (const matchers of [undefined, one, model, `${model},${one}`]) {
    const match = matchers ? ['--match', matchers] : [];
    const asked = ['--url', server.url, ...settings, ...match];
    const read = await diagnose([...asked, '--recorded']);
    assert.ok(read.report, read.stderr);
    const exact = await diagnose([...asked, '--grouping', 'model']);
    const finished = ({ report }) => report.window.finished_requests;
    const [found, expected] = [finished(read), finished(exact)];
    // Steps of a minute and of a scrape begin apart.
    assert.ok(Math.abs(found - expected) <= expected / 20, `${matchers}: ${found}, ${expected}`);
  }
});

test('without recordings the program says what is missing', async () => {
  const server = await startPrometheus({ backfill: toOpenMetrics(hour) });
  after(() => server.stop());
  const { stderr, status } = await diagnose([
    ...['--url', server.url, '--start', String(start), '--end', String(end), '--recorded'],
  ]);
  assert.equal(status, exit.badData);
  assert.match(stderr, /rules --recordings plan/);
});
