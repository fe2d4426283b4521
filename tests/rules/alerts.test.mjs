// Every alert of the pack in the rule engine of Prometheus: it fires, stays quiet, recovers, and
// survives restarts, absent series and 0/0. At each time all alerts that fire are named, so that an
// incident makes exactly the right ones fire.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { rulesOf, testRules } from './promtool.mjs';
import { burn } from './scenarios/burn.mjs';
import { loss } from './scenarios/loss.mjs';
import { outage } from './scenarios/outage.mjs';
import { queue } from './scenarios/queue.mjs';
import { telemetry } from './scenarios/telemetry.mjs';

const kinds = ['fires', 'quiet', 'recovers', 'restart', 'absence', 'zero'];
/** What an alert says that is not about scenarios. */
const about = ['args', 'interval'];
const scenarios = { ...outage, ...queue, ...loss, ...telemetry, ...burn };

const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-objectives-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function objectives(text) {
  const file = path.join(folder, 'objectives.yaml');
  writeFileSync(file, text);
  return ['--objectives', file];
}

const everything = objectives('models: {m: {replicas: 2, targets: {e2e: 20, tpot: 0.1}}}');

test('every alert has all kinds of scenarios, and every scenario an alert', async () => {
  const text = await rulesOf(everything);
  const names = [...new Set([...text.matchAll(/^ *- alert: (\w+)$/gm)].map(([, name]) => name))];
  assert.ok(names.length > 10, `only ${names.length} alerts are written`);
  assert.deepEqual(names.sort(), Object.keys(scenarios).sort());
  for (const [alert, given] of Object.entries(scenarios)) {
    for (const kind of kinds) assert.ok(given[kind], `${alert} has no scenario "${kind}"`);
    const fires = Object.values(given.fires.expect);
    assert.ok(
      fires.some((alerts) => alerts.includes(alert)),
      `${alert} never fires`,
    );
    assert.ok(!fires[0].includes(alert), `${alert} is not quiet before it fires`);
    for (const kind of ['quiet', 'zero']) {
      const all = Object.values(given[kind].expect).flat();
      assert.ok(!all.includes(alert), `${alert} fires in its scenario "${kind}"`);
    }
    const ends = Object.values(given.recovers.expect);
    assert.ok(ends[0].includes(alert) || ends[1].includes(alert), `${alert} has no end to come to`);
    assert.ok(!ends.at(-1).includes(alert), `${alert} does not end`);
  }
});

/** Absence is what they look for, so that they must hold without any sample. */
const remembering = ['InferenceModelDown', 'InferenceReplicaDown', 'InferenceTelemetryStale'];

test('an outage is remembered, and the first event of a counter counts', async () => {
  const text = await rulesOf(everything);
  for (const alert of remembering) assert.ok(scenarios[alert].lasts, `${alert} may end by itself`);
  const parts = text.split(/^ *- alert: /m).slice(1);
  const counting = parts.filter((part) => / unless \S+ offset /.test(part));
  assert.ok(counting.length >= 4, `${counting.length} alerts count events`);
  for (const part of counting) {
    const [alert] = part.split('\n');
    const given = scenarios[alert];
    assert.ok(given.appears ?? given.counted, `${alert} may lose the first events`);
  }
});

for (const [alert, given] of Object.entries(scenarios)) {
  const all = Object.keys(given).filter((kind) => !about.includes(kind));
  test(`${alert}: ${all.join(', ')}`, async () => {
    const text = await rulesOf(given.args ? objectives(given.args[0]) : []);
    testRules(
      text,
      all.map((kind) => ({ interval: given.interval ?? '15s', ...given[kind] })),
    );
  });
}
