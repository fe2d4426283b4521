// docs/alerts.md has a row for every alert of the pack, and one for each alert of the three guides.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { root } from '../../deploy/steps/process.mjs';
import { burn } from './scenarios/burn.mjs';
import { loss } from './scenarios/loss.mjs';
import { outage } from './scenarios/outage.mjs';
import { queue } from './scenarios/queue.mjs';
import { telemetry } from './scenarios/telemetry.mjs';

const page = readFileSync(`${root}/docs/alerts.md`, 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** Alerts of the published guides, as they are called there. */
const published = {
  S2: ['VLLMHighTTFT', 'VLLMQueueTimeHigh', 'VLLMPreemptionRelatedDegradation'],
  S3: ['HighTTFT', 'KVCacheNearFull', 'QueueBuildUp', 'LowThroughput'],
  S4: [
    'VllmE2ELatencyP99TooHigh',
    'VllmTTFTP99TooHigh',
    'VllmITLP99TooHigh',
    'VllmSlowRequestsPresent',
    'VllmKVCacheNearFull',
    'VllmHighQueueDepth',
    'VllmPreemptionSpike',
    'VllmReplicaDown',
  ],
};

// Scenarios and the pack are held together by alerts.test.mjs.
const ours = Object.keys({ ...burn, ...loss, ...outage, ...queue, ...telemetry });

test('every alert of the pack has its row, and no other has one', () => {
  const described = rows
    .map(([, first]) => /^`(Inference\w+)`$/.exec(first)?.[1])
    .filter((name) => name !== undefined);
  assert.deepEqual(described.toSorted(), ours.toSorted());
});

test('each of the fifteen alerts of the guides has a counterpart that exists, or a reason', () => {
  assert.equal(Object.values(published).flat().length, 15);
  for (const [source, alerts] of Object.entries(published)) {
    for (const alert of alerts) {
      const row = rows.find(
        ([, from, name]) => from === source && name?.startsWith(`\`${alert}\``),
      );
      assert.ok(row, `${source} ${alert} has no row`);
      const answer = row[3];
      const named = [...answer.matchAll(/`(Inference\w+)`/g)].map(([, name]) => name);
      for (const name of named) assert.ok(ours.includes(name), `${alert}: there is no ${name}`);
      const isBurn = answer.startsWith('burn of') || answer.startsWith('as `');
      const isReason = answer.startsWith('none') && answer.includes(':');
      assert.ok(named.length > 0 || isBurn || isReason, `${alert} has neither: ${answer}`);
    }
  }
});
