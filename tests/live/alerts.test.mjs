// The rules in a real Prometheus, accelerated: the simulator's hour is its history, the rules are
// evaluated over it, and what fires is exactly what the incident should make fire. Latencies of the
// alerts are those of docs/alerts.md.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { eventually } from '../eventually.mjs';
import { hardware, healthy } from '../rules/healthy-day.mjs';
import { rulesOf } from '../rules/promtool.mjs';
import { replay } from '../rules/replay.mjs';
import { newestSimulator } from './simulated.mjs';

const simulator = await newestSimulator();

/** Minute of the onset. */
const onset = 20;
const incident = (fault, severity = 0.8) => [
  ...hardware,
  ...['--fault', fault, '--severity', String(severity), '--onset', String(onset * 60)],
];

/** Alerts that fire, with the minutes after the onset within which each must begin. */
const incidents = {
  // What waited for the hang is served after it, late and all at once.
  'a hang that froze its own gauges': [
    incident('engine-hang', 1),
    {
      EngineHang: [3, 5],
      ObjectiveBurnMedium: [5, 12],
      Backlog: [7, 13],
      CacheThrash: [8, 15],
    },
  ],
  'an engine asleep with requests inside': [incident('engine-asleep'), { EngineAsleep: [5, 7] }],
  'a restart loop': [incident('restart-loop'), { RestartLoop: [1, 12] }],
  errors: [incident('error-burst'), { Errors: [1, 3], HttpErrors: [1, 3] }],
  'callers that leave': [incident('client-aborts'), { ClientAborts: [5, 15] }],
  'refused requests': [
    incident('admission-rejected'),
    { Rejections: [1, 10], HttpErrors: [1, 10] },
  ],
  'a cap on one of three replicas': [
    incident('config-drift'),
    { Backlog: [5, 10], SlotCap: [12, 18] },
  ],
  'a cache that is too small': [
    incident('kv-thrash'),
    {
      CacheThrash: [5, 8],
      Backlog: [5, 10],
      CacheFull: [10, 20],
      ObjectiveBurnMedium: [8, 30],
      ObjectiveBurnFast: [20, 40],
    },
  ],
};

test('an incident makes exactly its alerts fire', async (context) => {
  const rules = await rulesOf();
  for (const [title, [args, expected]] of Object.entries(incidents)) {
    await context.test(title, () => {
      const fired = replay(rules, simulator, args, { minutes: 60 });
      const names = Object.fromEntries(
        Object.entries(fired).map(([name, minute]) => [name.replace('Inference', ''), minute]),
      );
      assert.deepEqual(Object.keys(names).sort(), Object.keys(expected).sort());
      for (const [name, [least, most]] of Object.entries(expected)) {
        const after = names[name] - onset;
        assert.ok(after >= least && after <= most, `${name} after ${after} minutes`);
      }
    });
  }
});

test('healthy hours make none fire', async (context) => {
  const rules = await rulesOf();
  for (const variant of healthy) {
    await context.test(variant, () => {
      const args = [...hardware, '--healthy', variant];
      assert.deepEqual(replay(rules, simulator, args, { minutes: 45 }), {});
    });
  }
});

test('a real Prometheus evaluates the rules, and the alert links to the panel at its window', async () => {
  const now = Math.floor(Date.now() / 15_000) * 15;
  const minutes = onset + 4;
  const start = now - minutes * 60;
  const backfill = execFileSync(
    simulator,
    [
      'run',
      ...incident('engine-hang', 1),
      ...['--duration', String(minutes * 60), '--start', String(start)],
      ...['--interval', '15', '--format', 'open-metrics'],
    ],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const rules = await rulesOf(['--panel-url', 'https://grafana.example/d/x?var-model={model}']);
  // Evaluated at once and not within the minute that a day's rules have time for.
  const server = await startPrometheus({
    backfill,
    rules: rules.replaceAll('interval: 1m', 'interval: 1s'),
  });
  try {
    const alerts = await eventually('an alert fires', async () => {
      const firing = await server.alerts();
      return firing.length > 0 && firing;
    });
    const names = [...new Set(alerts.map(({ labels }) => labels.alertname))];
    assert.deepEqual(names, ['InferenceEngineHang']);
    const [{ labels, annotations }] = alerts;
    assert.equal(labels.severity, 'critical');
    assert.match(annotations.summary, /^llama-3\.1-8b on vllm-0 hangs: no output for 3m$/);
    const [, from, to] = /\?var-model=llama-3\.1-8b&from=(\d+)&to=(\d+)$/.exec(
      annotations.panel_url,
    );
    assert.equal(Number(to) - Number(from), 3_600_000);
    assert.ok(Math.abs(Number(to) - Date.now()) < 60_000, `${to} is now`);
  } finally {
    await server.stop();
  }
});
