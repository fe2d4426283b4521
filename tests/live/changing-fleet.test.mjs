// A fleet whose replicas restart, come, go and miss scrapes: whichever way it is asked for, the
// same requests are counted. The raw series are the yardstick. The increments that dashboards ask
// for by model cannot see what fell into a gap or was counted before a series existed, so they are
// held to it only where there is no such thing.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { onsetSeries } from '../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { assertSameFigures, assertSameSums } from './figures.mjs';
import { diagnose, diagnoseResponses, runProgram } from './program.mjs';

const hour = onsetSeries();
const isCounter = (name) => /_(total|bucket|count|sum)$/.test(name);

/** Scrapes of every replica: the hour, less what the replicas are moved against each other. */
const scrapes = 200;
const lag = 8;
const times = hour[0].values.slice(0, scrapes).map(([seconds]) => seconds);
const start = times[0];
const end = times[scrapes - 1];

/**
 * A replica that lives the hour `lag` scrapes later than the one before it. `life(index)` tells of
 * a scrape at which it is seen: the scrape at which its process started, 0 for before the range;
 * undefined where it is not seen.
 */
function replica(number, life = () => 0) {
  const from = number * lag;
  return hour.map(({ metric, values }) => {
    const at = (index) => Number(values[from + index][1]);
    const shown = times.flatMap((seconds, index) => {
      const born = life(index);
      if (born === undefined) return [];
      if (!isCounter(metric.__name__)) return [[seconds, values[from + index][1]]];
      const before = born === 0 ? -1_000 * number : at(born);
      return [[seconds, String(at(index) - before)]];
    });
    return { metric: { ...metric, instance: `10.0.0.${number}:8000` }, values: shown };
  });
}

const restarted = (at) => (index) => (index < at ? 0 : at);
const comes = (at) => (index) => (index < at ? undefined : 0);
const goes = (at) => (index) => (index < at ? 0 : undefined);
/** Not seen for ten minutes: longer than the server repeats the last value. */
const away = 40;
const missing = (at, life) => (index) =>
  index < at || index >= at + away ? life(index) : undefined;

const steady = [replica(0), replica(1)];

/**
 * A counter of one replica that exists only from some scrape on, as label sets do that are made on
 * first use.
 */
function firstUsed(series, isLate, at) {
  return series.map(({ metric, values }) => {
    if (!isLate(metric)) return { metric, values };
    const base = Number(values[at - 1][1]);
    return {
      metric,
      values: values.slice(at).map(([seconds, value]) => [seconds, String(Number(value) - base)]),
    };
  });
}

const histories = {
  'nothing happens': [],
  'a replica restarts': [replica(2, restarted(90))],
  'a replica restarts again and again': [
    replica(2, (index) => (index < 60 ? 0 : index < 64 ? 60 : index < 69 ? 64 : 69)),
  ],
  'a replica comes': [replica(2, comes(90))],
  'a replica goes': [replica(2, goes(90))],
  'one goes as another comes': [replica(2, goes(90)), replica(3, comes(90))],
  'all restart, one after the other': [
    replica(2, restarted(80)),
    replica(3, restarted(82)),
    ...[0, 1].map((number) => replica(number + 4, restarted(84 + number))),
  ],
  'a replica is not seen for a while': {
    more: [
      replica(
        2,
        missing(70, () => 0),
      ),
    ],
    hasGaps: true,
  },
  'a replica comes back as a new process': {
    more: [replica(2, missing(70, restarted(100)))],
    hasGaps: true,
  },
  'a replica comes and goes': {
    more: [
      replica(
        2,
        missing(
          20,
          missing(100, () => 0),
        ),
      ),
    ],
    hasGaps: true,
  },
  'a reason to finish is seen for the first time': {
    more: [firstUsed(replica(2), ({ finished_reason: reason }) => reason === 'stop', 90)],
    hasGaps: true,
  },
};

/** Windows of the diagnosis: everything, and what lies around the changes. */
const windows = [
  [start, end],
  [times[88], times[94]],
];

/** The report from the sums that a dashboard by model asks for. */
async function fromIncrements(server, args) {
  const printed = await runProgram([
    'plan',
    '--host',
    'promql',
    '--grouping',
    'model',
    '--step',
    '15s',
    '--format',
    'json',
  ]);
  const { queries } = JSON.parse(printed.stdout);
  assert.ok(queries.some(({ promql }) => promql.includes('/increment/15000/')));
  const range = { start, end, step: 15 };
  return diagnoseResponses(
    await Promise.all(queries.map(({ promql }) => server.queryRange(promql, range))),
    args,
  );
}

for (const [name, history] of Object.entries(histories)) {
  test(`${name}: counted alike by replica, by model and from raw series`, async () => {
    const { more, hasGaps } = Array.isArray(history) ? { more: history, hasGaps: false } : history;
    const server = await startPrometheus({ backfill: toOpenMetrics([...steady, ...more].flat()) });
    after(() => server.stop());
    for (const [from, until] of windows) {
      const settings = ['--window', `${from}..${until}`, '--baseline', 'none'];
      const asked = [
        '--url',
        server.url,
        '--start',
        String(start),
        '--end',
        String(end),
        ...settings,
      ];
      const raw = await diagnose([...asked, '--raw']);
      assert.ok(raw.report, `the raw selector gave no report: ${raw.stderr}`);
      assert.ok(raw.report.window.finished_requests > 0, 'the window holds requests');

      const byReplica = await diagnose(asked);
      assert.equal(byReplica.stdout, raw.stdout, 'by replica');

      const byModel = await diagnose([...asked, '--grouping', 'model']);
      assert.ok(byModel.report, `the queries by model gave no report: ${byModel.stderr}`);
      assertSameFigures(byModel.report, raw.report, 'by model');

      if (hasGaps) continue;
      const blindly = await fromIncrements(server, settings);
      // Restarts and absences, which take health away, are not in increments.
      assertSameSums(blindly.report, raw.report, 'from increments');
    }
  });
}
