// Every format is what its reader takes: promtool and vmalert read rule files, and the documents of
// the operator and of Grafana hold the same rules.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { requireTools } from '../../deploy/steps/tools.mjs';
import { runProgram } from '../live/program.mjs';
import { checkRules, rulesOf } from './promtool.mjs';

const { vmalert } = requireTools(['vmalert']);
const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-formats-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const objectives = path.join(folder, 'objectives.yaml');
writeFileSync(
  objectives,
  `default: {quantile: 0.99}
profiles: {support: {profile: rag, targets: {e2e: 20}}}
models:
  'a "quoted" / name': {profile: support, replicas: 2}
  gemma: {profile: code-completion, targets: {tpot: 0.05}}
inside-bucket: below
`,
);

const everything = [
  '--objectives',
  objectives,
  ...['--recordings', 'plan', '--match', 'cluster="eu"'],
  ...['--panel-url', 'https://grafana.example/d/x?var-model={model}'],
  ...['--runbook-url', 'https://docs.example/causes'],
];

const count = (text, pattern) => [...text.matchAll(pattern)].length;

for (const [title, args] of Object.entries({
  'the defaults': [],
  'every option': everything,
  'a prefix with a dot': ['--prefix', 'vllm.'],
  'a scrape interval of two minutes': ['--scrape-interval', '2m', '--recordings', 'plan'],
})) {
  test(`promtool and vmalert read ${title}`, async () => {
    const text = await rulesOf(args);
    const rules = count(text, /^ *- (alert|record): /gm);
    assert.ok(rules > 20);
    assert.match(checkRules(text), new RegExp(`SUCCESS: ${rules} rules found`));

    const file = path.join(folder, 'vmalert.yaml');
    writeFileSync(file, await rulesOf([...args, '--format', 'vmalert']));
    execFileSync(vmalert, ['-dryRun', `-rule=${file}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  });
}

test('the resource of the operator holds the same groups', async () => {
  const plain = await rulesOf(everything);
  const resource = await rulesOf([...everything, '--format', 'operator']);
  const [head, body] = resource.split(/^spec:\n/m);
  assert.match(head, /^apiVersion: monitoring\.coreos\.com\/v1\nkind: PrometheusRule\nmetadata:\n/);
  assert.equal(body.replace(/^ {2}/gm, ''), plain);
});

test('Grafana gets the same expressions, and its own templates', async () => {
  const args = ['rules', ...everything, '--format', 'grafana', '--output', folder];
  const { status, stderr } = await runProgram(args);
  assert.equal(status, 0, stderr);
  const alerts = readFileSync(path.join(folder, 'alert-rules.yaml'), 'utf8');
  const recordings = readFileSync(path.join(folder, 'recording-rules.yaml'), 'utf8');
  assert.match(checkRules(recordings), /SUCCESS/);
  const plain = await rulesOf(everything);
  assert.equal(count(alerts, /^ *- uid: /gm), count(plain, /^ *- alert: /gm));
  assert.equal(count(recordings, /^ *- record: /gm), count(plain, /^ *- record: /gm));
  assert.doesNotMatch(alerts, /\$value\b/);
  assert.doesNotMatch(alerts, /with query/);
});
