// The raw selector and the planned queries are two ways to the same report, on a real Prometheus:
// byte for byte where no float is added twice. The server subtracts step by step and the core adds
// up again, so over many steps the last bits of a sum may differ; every word, count, level and
// verdict must not.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { onsetSeries, pairEnd, pairSeries } from '../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { diagnose } from './program.mjs';

const onset = onsetSeries();
const hour = [onset[0].values[0][0], onset[0].values.at(-1)[0]];

/** The same engine on a second pod whose counters started elsewhere. */
function secondReplica(series) {
  return series.map(({ metric, values }) => ({
    metric: { ...metric, instance: 'pod-1' },
    values: values.map(([seconds, value]) => [
      seconds,
      isCounter(metric.__name__) ? String(Number(value) + 7) : value,
    ]),
  }));
}

/** Counters that began again from zero at the 200th sample, as after a restart. */
function restarted(series) {
  return series.map(({ metric, values }) => {
    if (!isCounter(metric.__name__)) return { metric, values };
    const before = Number(values[199][1]);
    const after = values
      .slice(200)
      .map(([seconds, value]) => [seconds, String(Number(value) - before)]);
    return { metric, values: [...values.slice(0, 200), ...after] };
  });
}

function isCounter(name) {
  return /_(total|bucket|count|sum)$/.test(name);
}

/**
 * The greatest relative difference that adding some hundred floats in another order explains, with
 * room.
 */
const rounding = 1e-9;

/** Asserts equality of everything, numbers within rounding. */
function assertSame(actual, expected, where = 'report') {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const largest = Math.max(Math.abs(actual), Math.abs(expected));
    assert.ok(
      Math.abs(actual - expected) <= rounding * largest,
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

/**
 * Increments do not tell that a process restarted between two of them, so only the raw series carry
 * that caveat.
 */
function withoutCaveats(report) {
  const findings = report.findings.map((finding) => ({ ...finding, caveats: [] }));
  return { ...report, findings, quality: undefined };
}

const cases = {
  'two slots': {
    series: pairSeries('before'),
    range: [pairEnd - 900, pairEnd + 60],
    isOneStep: true,
  },
  'sixteen slots': {
    series: pairSeries('after'),
    range: [pairEnd - 900, pairEnd + 60],
    isOneStep: true,
  },
  'the hour with its onset': { series: onset, range: hour },
  'two replicas': { series: [...onset, ...secondReplica(onset)], range: hour },
  'a restart in the window': { series: restarted(onset), range: hour, compared: withoutCaveats },
};

for (const [name, { series, range, isOneStep, compared = (report) => report }] of Object.entries(
  cases,
)) {
  test(`raw and planned queries agree: ${name}`, async () => {
    const server = await startPrometheus({ backfill: toOpenMetrics(series) });
    after(() => server.stop());
    const times = ['--url', server.url, '--start', String(range[0]), '--end', String(range[1])];
    const planned = await diagnose(times);
    const raw = await diagnose([...times, '--raw']);
    assert.ok(planned.report, `the planned queries gave no report: ${planned.stderr}`);
    assert.ok(raw.report, `the raw selector gave no report: ${raw.stderr}`);
    assertSame(compared(planned.report), compared(raw.report));
    if (isOneStep) assert.equal(planned.stdout, raw.stdout);
    assert.equal(planned.status, raw.status);
  });
}
