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
    [320, 440, 'narrow'],
    [320, 439, 'brief'],
    [320, 180, 'brief'],
    [320, 179, 'line'],
    [320, 63, 'tile'],
    [1600, 0, 'tile'],
    [639, undefined, 'narrow'],
    [640, 600, 'medium'],
    [959, 600, 'medium'],
    [960, 600, 'full'],
    [960, 439, 'brief'],
    [960, undefined, 'full'],
  ];
  for (const [width, height, wanted] of cases)
    assert.equal(sizeClass(width, height), wanted, `${width} × ${height}`);
});
