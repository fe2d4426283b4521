import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { parseDuration, parseInterval, parseTime, writeDuration } from '../dist/time.js';

const file = new URL('../../../tests/vectors/times.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8'));

test('durations are read as in the core', () => {
  for (const [text, milliseconds] of vectors.durations)
    assert.equal(parseDuration(text), milliseconds, text);
  for (const text of vectors.not_durations) assert.equal(parseDuration(text), undefined, text);
  assert.equal(parseDuration('9999999999999999y'), undefined);
});

test('durations are written as in the core', () => {
  for (const [milliseconds, text] of vectors.written)
    assert.equal(writeDuration(milliseconds), text);
});

test('instants are read as on the command line', () => {
  for (const [text, milliseconds] of vectors.instants)
    assert.equal(parseTime(text), milliseconds, text);
  for (const text of vectors.not_instants) assert.equal(parseTime(text), undefined, text);
});

test('intervals join two times of any form', () => {
  const interval = { start: 1_780_000_015_000, end: 1_780_000_615_000 };
  assert.deepEqual(parseInterval('1780000015..1780000615'), interval);
  assert.deepEqual(parseInterval('2026-05-28T20:26:55Z..1780000615.0'), interval);
  for (const text of ['1780000015', '1780000615..1780000015', '1..1', '..5', '5..', '1...2..3'])
    assert.equal(parseInterval(text), undefined, text);
});
