// The sizes are those of the functions in a module written here by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { causeSizes } from './cause-sizes.mjs';

/** One type, one imported function, two functions of our own with bodies of 4 and 2 bytes. */
const module = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x02, 0x07, 0x01, 0x01, 0x61, 0x01, 0x62, 0x00, 0x00],
  ...[0x03, 0x03, 0x02, 0x00, 0x00],
  ...[0x0a, 0x09, 0x02, 0x04, 0x00, 0x01, 0x01, 0x0b, 0x02, 0x00, 0x0b],
]);

const names = [
  '0:a::b',
  '1:<core::triage::rules::slot_cap::SlotCap as core::triage::cause::Cause>::judge::h1',
  '2:core::triage::rules::healthy::is_idle::h2',
];

test('the module by hand is one', () => {
  assert.ok(WebAssembly.validate(module));
});

test('a function counts for the cause in whose file it stands', () => {
  assert.deepEqual(causeSizes(module, names.join('\n')), [
    { id: 'slot-cap', bytes: 4 },
    { id: 'healthy', bytes: 2 },
  ]);
});

test('functions of one cause add up', () => {
  const all = names.map((name) => name.replace('healthy::is_idle', 'slot_cap::is_full'));
  assert.deepEqual(causeSizes(module, all.join('\n')), [{ id: 'slot-cap', bytes: 6 }]);
});

test('a list that is not of this module is refused', () => {
  assert.throws(() => causeSizes(module, `9:${names[1].slice(2)}`), /no function 9/);
});
