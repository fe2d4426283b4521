// A baseline a day before the range that is asked for: the program fetches it by itself, at a
// coarser step, and counts what was served then to the last request.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { onsetSeries } from '../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { diagnose } from './program.mjs';

const day = 86_400;
const hour = onsetSeries();
const isCounter = (name) => /_(total|bucket|count|sum)$/.test(name);

/** The recorded hour yesterday, and again today, with a night without a sample between the two. */
const twice = hour.map(({ metric, values }) => {
  const base = isCounter(metric.__name__) ? Number(values.at(-1)[1]) : 0;
  const yesterday = values.map(([seconds, value]) => [seconds - day, value]);
  const today = values.map(([seconds, value]) => [seconds, String(base + Number(value))]);
  return { metric, values: [...yesterday, ...today] };
});

const times = hour[0].values.map(([seconds]) => seconds);
/** Whole minutes: what lies a day before them is on the steps of the history. */
const wholeMinute = (seconds) => Math.floor(seconds / 60) * 60;
const start = wholeMinute(times[0]) + 60;
const end = wholeMinute(times.at(-1));

/** Requests that finished between two times, by the counter itself. */
function finished(from, until) {
  const series = twice.filter(({ metric }) =>
    metric.__name__.endsWith('e2e_request_latency_seconds_count'),
  );
  const at = (values, time) => Number(values.findLast(([seconds]) => seconds <= time)[1]);
  return series.reduce((sum, { values }) => sum + at(values, until) - at(values, from), 0);
}

test('a baseline a day before the range is fetched and counted exactly, whichever way it is asked for', async () => {
  const server = await startPrometheus({ backfill: toOpenMetrics(twice) });
  after(() => server.stop());
  const range = ['--url', server.url, '--start', String(start), '--end', String(end)];
  for (const minutes of [6, 20]) {
    const from = end - minutes * 60;
    const asked = [...range, '--window', `${from}..${end}`, '--baseline', 'offset=1d'];
    for (const way of [['--raw'], [], ['--grouping', 'model']]) {
      const { report, stderr } = await diagnose([...asked, ...way]);
      assert.ok(report, `no report by ${way}: ${stderr}`);
      assert.deepEqual(
        report.baseline,
        {
          start: (from - day) * 1_000,
          end: (end - day) * 1_000,
          source: 'offset',
          finished_requests: finished(from - day, end - day),
        },
        `${minutes} minutes by ${way}`,
      );
      assert.equal(report.range.step, 15_000);
      assert.equal(report.history.range.step, 60_000);
      assert.ok(report.history.range.end < report.range.start);
    }
  }
});

test('where the server has no such past, the diagnosis says so and goes on', async () => {
  const server = await startPrometheus({ backfill: toOpenMetrics(hour) });
  after(() => server.stop());
  const range = ['--url', server.url, '--start', String(start), '--end', String(end)];
  const { report, stderr } = await diagnose([...range, '--baseline', 'offset=1d']);
  assert.match(stderr, /does without the history/);
  assert.deepEqual(report.baseline, { source: 'none' });
  assert.equal(report.history, undefined);
});
