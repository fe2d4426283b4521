// What of a foreign text reaches a page: the same list as on a terminal.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { load } from './load.mjs';

const { plainText, plainValue } = await load('src/words/plain.ts');
const vectors = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/foreign.json', import.meta.url), 'utf8'),
);

const whiteSpace = ['\t', '\n'];

test('the list is that of the core, but for white space', () => {
  for (const code of vectors.disturbing) {
    const character = String.fromCodePoint(code);
    const expected = whiteSpace.includes(character) ? `a${character}b` : 'ab';
    assert.equal(plainText(`a${character}b`), expected, code.toString(16));
  }
  for (const code of vectors.ordinary) {
    const text = `a${String.fromCodePoint(code)}b`;
    assert.equal(plainText(text), text, code.toString(16));
  }
  let removed = 0;
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    if (plainText(String.fromCodePoint(code)) === '') removed += 1;
  }
  assert.equal(removed, vectors.disturbing.length - whiteSpace.length);
});

test('every text of a state is made plain, and nothing else is touched', () => {
  class Source {
    name = 'a\u202e';
  }
  const column = () => undefined;
  const numbers = new Float64Array(2);
  const source = new Source();
  const clean = { title: 'Qwen/Qwen3', list: ['é', 1, null] };
  const state = {
    report: { scopes: [{ model: 'x\u001b[2J\u202ey', replicas: ['\u2066a\u009b'] }], clean },
    notices: [{ text: 'one\u0085two\u200b' }],
    column,
    numbers,
    source,
    absent: undefined,
  };
  const plain = plainValue(state);
  assert.deepEqual(plain.report.scopes, [{ model: 'x[2Jy', replicas: ['a'] }]);
  assert.deepEqual(plain.notices, [{ text: 'onetwo' }]);
  assert.equal(plain.report.clean, clean);
  assert.equal(plain.column, column);
  assert.equal(plain.numbers, numbers);
  assert.equal(plain.source, source);
  assert.equal(plainValue(clean), clean);
});
