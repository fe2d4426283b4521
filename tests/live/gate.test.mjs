// A few of the simulated deployments behind docs/gate.md: the work alone fails none, a cap does.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { fault, gate, gateBeside, variant } from './gate-rates.mjs';
import { runProgram } from './program.mjs';
import { newestSimulator } from './simulated.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-gate-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function outcomes(selections) {
  const found = [];
  for (const selection of selections) found.push(await gate(selection, 7, folder));
  return found;
}

test('a deployment beside which only the work changes is not failed', async () => {
  const selections = [
    fault('long-prompts', 'llama-3.1-8b-h100', 0.5),
    fault('runaway-outputs', 'opt-13b-a100', 0.3),
    fault('long-context-decode', 'gemma-l40s', 0.5),
    variant('workload-shift', 'llama-3.1-8b-a100'),
    variant('plain', 'llama-3.1-8b-h100'),
  ];
  for (const { outcome, summary } of await outcomes(selections)) {
    assert.notEqual(outcome, 'fail', summary);
  }
});

test('a deployment that caps the batch or slows the device is failed', async () => {
  const selections = [
    fault('slot-cap', 'llama-3.1-8b-h100', 0.7),
    fault('slow-decode', 'llama-3.1-8b-a100', 0.7),
  ];
  for (const { outcome, status, summary } of await outcomes(selections)) {
    assert.deepEqual([outcome, status], ['fail', 1], summary);
  }
});

test('a deployment that loses requests is failed, though it was slow before', async () => {
  const selections = [fault('client-aborts', 'llama-3.1-70b-4xh100', 0.7)];
  for (const { outcome, summary } of await outcomes(selections)) {
    assert.equal(outcome, 'fail', summary);
    assert.match(summary, /^lost requests: (?:0|<0\.1) % of [\d,]+ were lost before, \d+ % of/);
  }
});

test('a slower deployment beside one that stays is failed, an equal one passes', async () => {
  const plain = variant('plain', 'llama-3.1-8b-h100');
  const slow = fault('slow-decode', 'llama-3.1-8b-h100', 0.7);
  const equal = await gateBeside(plain, plain, folder);
  assert.equal(equal.outcome, 'pass', equal.summary);
  const slower = await gateBeside(plain, slow, folder);
  assert.equal(slower.outcome, 'fail', slower.summary);
});

test('a server is asked for both windows, or for both deployments', async () => {
  const args = ['run', ...variant('plain', 'llama-3.1-8b-h100'), '--replicas', '2'];
  const options = ['--duration', '2400', '--start', '1790000000', '--seed', '5'];
  const format = ['--format', 'open-metrics'];
  const simulator = await newestSimulator();
  const { stdout } = await promisify(execFile)(simulator, [...args, ...options, ...format], {
    maxBuffer: 1 << 30,
  });
  const server = await startPrometheus({ backfill: stdout });
  try {
    const ask = async (flags) => {
      const asked = ['gate', 'deploy', '--url', server.url, '--format', 'json', ...flags];
      const answer = await runProgram(asked);
      assert.ok(answer.stdout, answer.stderr);
      return JSON.parse(answer.stdout);
    };
    const after = ['--after', '1790001300..1790002340'];
    const windows = await ask(['--before', '1790000300..1790001200', ...after]);
    assert.equal(windows.outcome, 'pass', windows.summary);
    const [one, other] = ['vllm-0', 'vllm-1'].map((pod) => `pod="${pod}"`);
    const beside = await ask(['--match', one, '--stays-match', other, ...after]);
    assert.equal(beside.outcome, 'pass', beside.summary);
    const requests = (judged) => judged.checks.map(({ message }) => message)[1];
    assert.notEqual(requests(windows), requests(beside), 'the matchers select one replica');
  } finally {
    await server.stop();
  }
});
