// The dashboards as code: panels that the schema accepts, and exactly the queries of the plan.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';

import { startCue, withSchema } from './cue.mjs';
import { loadedEngine } from './source.mjs';

const folder = path.resolve(import.meta.dirname, '../dashboards');
const dashboards = Object.fromEntries(
  ['incident', 'fleet', 'hardware', 'scheduling', 'wall'].map((name) => [
    name,
    parse(readFileSync(path.join(folder, `${name}.yaml`), 'utf8')),
  ]),
);

let cue, engine;
before(async () => {
  [cue, engine] = [await startCue(), await loadedEngine()];
});
after(() => cue.stop());

/**
 * The plan with the variables of a dashboard; a prefix may not hold one, so it is put in
 * afterwards.
 */
function plannedQueries() {
  const matchers = 'model_name=~"$model",namespace=~"$namespace"';
  const plan = engine.plan('vllm', {
    stepMs: 0,
    dialect: 'perses',
    matchers,
    namespaces: ['$engine_namespace'],
    prefix: 'its_prefix_',
  });
  return plan.queries.map(({ promql }) => promql.replaceAll('its_prefix_', '${prefix}'));
}

function textsOf(panel) {
  return panel.spec.queries.map(({ kind, spec: { plugin } }) => {
    assert.deepEqual([kind, plugin.kind], ['TimeSeriesQuery', 'PrometheusTimeSeriesQuery']);
    return plugin.spec.query;
  });
}

for (const [name, { kind, metadata, spec }] of Object.entries(dashboards)) {
  test(`${name}: the panel has exactly the planned queries, in their order`, () => {
    assert.equal(kind, 'Dashboard');
    assert.equal(metadata.name, `inference-triage-${name}`);
    assert.deepEqual(textsOf(spec.panels.triage), plannedQueries());
  });

  test(`${name}: the schema accepts its panel`, () => {
    const { plugin } = spec.panels.triage.spec;
    assert.deepEqual(cue.evaluate(withSchema(plugin)), plugin);
  });

  test(`${name}: every panel has its place, every variable in a query is declared`, () => {
    const places = spec.layouts.flatMap(({ spec: { items } }) =>
      items.map(({ content }) => content.$ref),
    );
    assert.deepEqual(
      places.sort(),
      Object.keys(spec.panels)
        .map((id) => `#/spec/panels/${id}`)
        .sort(),
    );
    const declared = spec.variables.map((variable) => variable.spec.name);
    const builtIn = ['__interval', '__interval_ms'];
    for (const text of Object.values(spec.panels).flatMap(textsOf)) {
      const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, variable]) => variable);
      assert.deepEqual(
        used.filter((variable) => !declared.includes(variable) && !builtIn.includes(variable)),
        [],
      );
      assert.doesNotMatch(text, /vector\(0\)/, 'no data is not zero');
    }
  });
}

test('fleet: the charts by replica are queries of the same plan', () => {
  const { triage, ...charts } = dashboards.fleet.spec.panels;
  const planned = textsOf(triage);
  for (const text of Object.values(charts).flatMap(textsOf))
    assert.ok(planned.includes(text), text);
});
