// What the recording rules of the whole plan record, as a ruler would store it.

import assert from 'node:assert/strict';

import { rulesOf } from '../rules/promtool.mjs';

/**
 * The series that the rules for these arguments make of a server's history between two times on
 * whole minutes, each with the labels that the rules add.
 */
export async function recordedSeries(server, { start, end, args = [], labels = {} }) {
  const rules = await rulesOf(['--recordings', 'plan', ...args]);
  const [, group] = rules.split(/- name: inference-triage-(?:second-)?growth\n/);
  const found = [...group.matchAll(/- record: (\S+1m)\n {4}expr: \|-\n {6}(.*)\n/g)];
  const planned = found.filter(([, name]) => !name.includes(':objective_'));
  assert.ok(planned.length > 20, `only ${planned.length} recording rules`);
  const series = [];
  for (const [, name, expression] of planned) {
    const answer = await server.queryRange(expression, { start, end, step: 60 });
    assert.equal(answer.status, 'success', `${name}: ${answer.error}`);
    for (const { metric, values } of answer.data.result)
      series.push({ metric: { __name__: name, ...metric, ...labels }, values });
  }
  for (const [name, value] of Object.entries(labels)) {
    const told = rules.split(`\n      ${name}: ${value}\n`).length - 1;
    assert.ok(told >= planned.length, `only ${told} rules add the label ${name}`);
  }
  return series;
}
