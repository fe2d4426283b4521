import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeProblem, sessionInput } from '../dist/index.js';

test('responses come as bytes, text or parsed JSON', () => {
  const { responses } = sessionInput({ responses: [{ a: 1 }, '{"a":1}', new Uint8Array([123])] });
  const texts = responses.map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual(texts, ['{"a":1}', '{"a":1}', '{']);
});

test('a recording and a capsule are data, whatever else they hold', () => {
  const capsule = { schema: 1, settings: {}, responses: [{}] };
  assert.equal(sessionInput(capsule).responses.length, 1);
  const recording = { id: 'front-end-cpu', verdict: 'cannot-tell', responses: [{}, {}] };
  assert.equal(sessionInput(recording).responses.length, 2);
});

test('a report in place of data is refused in one sentence, whatever its schema', () => {
  const report = { schema: 1, scopes: [], scope: 0, verdict: { id: 'slot-cap' } };
  for (const [given, named] of [
    [report, 'This is a report of schema 1, not data:'],
    [{ ...report, schema: 2 }, 'This is a report of schema 2, not data:'],
    [{ verdict: {} }, 'This is a report, not data:'],
  ]) {
    const attempt = () => sessionInput(given);
    assert.throws(attempt, (error) => describeProblem(error).message.startsWith(named));
  }
});

test('anything else is told what is needed', () => {
  for (const given of [null, 'text', {}, { rows: [] }])
    assert.throws(() => sessionInput(given), /needs \{ responses: \[…\] \} or a sample batch/);
});
