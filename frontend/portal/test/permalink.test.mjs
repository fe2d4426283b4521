import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('../src/permalink.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  write: false,
});
const source = Buffer.from(outputFiles[0].contents).toString('base64');
const { addressWith, readPlace, writePlace } = await import(
  `data:text/javascript;base64,${source}`
);

const place = {
  window: { start: 1_780_000_615_000, end: 1_780_001_215_500 },
  range: { start: 1_780_000_015_000, end: 1_780_003_600_000 },
};
const text = '1780000615..1780001215.5,1780000015..1780003600';

test('a place is read as it was written', () => {
  assert.equal(writePlace(place), text);
  assert.deepEqual(readPlace(text), place);
});

test('what the window is compared with goes along', () => {
  const kept = { start: 1_780_002_000_000, end: 1_780_002_600_000 };
  const others = { baseline: 'baseline', previous: 'previous', next: 'next' };
  for (const [written, compared] of Object.entries({
    ...others,
    '1780002000..1780002600': kept,
  })) {
    assert.equal(writePlace({ ...place, compared }), `${text},${written}`);
    assert.deepEqual(readPlace(`${text},${written}`), { ...place, compared });
  }
});

test('anything else in the address is no place', () => {
  for (const other of [
    null,
    '',
    'x',
    '1..2',
    '1..2,3..4',
    `${text},`,
    `${text},yesterday`,
    `${text},toString`,
    `${text},1..2`,
    `${text},baseline,next`,
    '1780000615..1780001215,',
    '1780001215..1780000615,1780000015..1780003600',
  ])
    assert.equal(readPlace(other), undefined, String(other));
});

test('the rest of the address stays, and a second place takes the place of the first', () => {
  const address = 'https://portal.example/a?b=c%20d&e&triage=1..2,3..4#triage';
  const other = 'https://portal.example/a?b=c%20d&e';
  assert.equal(addressWith(address, 'triage', place), `${other}&triage=${text}#triage`);
  assert.equal(addressWith(address, 'triage', undefined), `${other}#triage`);
  assert.equal(addressWith(address, 'other', undefined), address);
  assert.equal(addressWith('http://a/', 'a b', place), `http://a/?a%20b=${text}`);
});
