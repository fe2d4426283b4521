// A few of the simulated deployments behind docs/gate.md: the work alone fails none, a cap does.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { fault, gate, gateBeside, variant } from './gate-rates.mjs';

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

test('a slower deployment beside one that stays is failed, an equal one passes', async () => {
  const plain = variant('plain', 'llama-3.1-8b-h100');
  const slow = fault('slow-decode', 'llama-3.1-8b-h100', 0.7);
  const equal = await gateBeside(plain, plain, folder);
  assert.equal(equal.outcome, 'pass', equal.summary);
  const slower = await gateBeside(plain, slow, folder);
  assert.equal(slower.outcome, 'fail', slower.summary);
});
