import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const { phrase, readable } = await load('src/words/words.ts');
const { sizeClass } = await load('src/page/size-class.ts');

test('ids become words, abbreviations keep their spelling', () => {
  const cases = {
    'slot-cap': 'Slot cap',
    'kv-thrash': 'KV thrash',
    'lora-churn': 'LoRA churn',
    'front-end-cpu': 'Front end CPU',
  };
  for (const [id, wanted] of Object.entries(cases)) assert.equal(readable(id), wanted);
  assert.equal(phrase('kv-thrash'), 'KV thrash');
  assert.equal(phrase('slot-cap'), 'slot cap');
});

test('the size class follows both sides of the container', () => {
  const cases = [
    [200, 600, 'line'],
    [319, 600, 'line'],
    [320, 140, 'bar'],
    [320, 139, 'line'],
    [1600, 0, 'line'],
    [639, 600, 'bar'],
    [640, 600, 'matrix'],
    [959, 600, 'matrix'],
    [960, 600, 'all'],
    [960, undefined, 'all'],
  ];
  for (const [width, height, wanted] of cases)
    assert.equal(sizeClass(width, height), wanted, `${width} × ${height}`);
});
