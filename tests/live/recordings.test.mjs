// The demo's recordings are what a real Prometheus answers, and hold the incidents they name.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { makeRecordings, recordingsFolder } from '../../deploy/steps/record-incidents.mjs';
import { diagnoseResponses } from './program.mjs';

const stored = readdirSync(recordingsFolder)
  .filter((name) => name.endsWith('.json.gz'))
  .map((name) => JSON.parse(gunzipSync(readFileSync(path.join(recordingsFolder, name)))));

test('recordings equal what a real Prometheus answers today', async () => {
  const made = await makeRecordings();
  assert.deepEqual(made.map(({ id }) => id).sort(), stored.map(({ id }) => id).sort());
  for (const recording of made) {
    const kept = stored.find(({ id }) => id === recording.id);
    assert.deepEqual(kept, recording, `${recording.id} is out of date: npm run gen -- --record`);
  }
});

for (const { id, truth, verdict = truth, responses } of stored) {
  test(`recording ${id}: ${verdict}`, async () => {
    const { report, stderr } = await diagnoseResponses(responses);
    assert.equal(report?.verdict.id, verdict, stderr || report.verdict.sentence);
  });
}
