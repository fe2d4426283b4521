// The order of a module's functions, and what writing it changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { numberFunctions, orderOf, withoutNumbers } from './order-functions.mjs';

const section = (id, content) => Buffer.concat([Buffer.from([id, content.length]), content]);
const text = (value) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);

/**
 * One import and two functions without parameters and results, in the binary format of WebAssembly
 * 1.0.
 */
function smallModule() {
  const imported = Buffer.concat([
    Buffer.from([1]),
    text('host'),
    text('log'),
    Buffer.from([0, 0]),
  ]);
  // Three and five instructions that do nothing.
  const code = Buffer.from([2, 5, 0, 1, 1, 1, 0x0b, 7, 0, 1, 1, 1, 1, 1, 0x0b]);
  const names = Buffer.concat([
    Buffer.from([1, 13, 2, 0]),
    text('log'),
    Buffer.from([2]),
    text('long'),
    Buffer.from([0]),
  ]);
  return Buffer.concat([
    Buffer.from('\0asm\x01\0\0\0', 'latin1'),
    section(1, Buffer.from([1, 0x60, 0, 0])),
    section(2, imported),
    section(3, Buffer.from([2, 0, 0])),
    section(10, code),
    section(0, Buffer.concat([text('release'), Buffer.from('1.2.3')])),
    section(0, Buffer.concat([text('name'), names])),
  ]);
}

/** Bytes without repetition, the same for the same seed. */
function noise(seed, length) {
  let state = seed;
  return Buffer.from(
    Array.from(
      { length },
      () => ((state = (state * 1_103_515_245 + 12_345) % 2 ** 31) >> 16) & 255,
    ),
  );
}

test('functions that are alike follow each other, from the longest on, and compress better', () => {
  const families = [1, 2, 3, 4].map((seed) => noise(seed, 9000));
  const variant = (family, index) =>
    Buffer.concat([families[family].subarray(10 * index), noise(99 + index, 20)]);
  // Far enough apart that the compressor, which sees 32 kB back, has forgotten the last of the same
  // family.
  const bodies = [0, 1, 2].flatMap((index) => [0, 1, 2, 3].map((family) => variant(family, index)));
  const order = orderOf(bodies);
  assert.deepEqual(
    [...order].sort((left, right) => left - right),
    [...bodies.keys()],
  );
  const found = order.map((body) => body % 4);
  assert.equal(found.filter((family, place) => family !== found[place - 1]).length, 4, `${found}`);
  const size = (list) => gzipSync(Buffer.concat(list), { level: 9 }).length;
  assert.ok(size(order.map((body) => bodies[body])) < 0.5 * size(bodies));
});

test('only the names change, and the numbers can be taken off again', async () => {
  const module = smallModule();
  const numbered = numberFunctions(module);
  const names = (bytes) =>
    WebAssembly.Module.customSections(new WebAssembly.Module(bytes), 'name')[0];
  const parts = Buffer.from(names(numbered)).toString('latin1');
  assert.match(
    parts,
    /log.*1 nameless.*0 long/s,
    'the longer function comes first; the import keeps its name',
  );
  const nameBytes = 2 + 5;
  const before = module.length - names(module).byteLength - nameBytes;
  assert.deepEqual(numbered.subarray(0, before), module.subarray(0, before));
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(numbered), {
    host: { log() {} },
  });
  assert.deepEqual(Object.keys(exports), []);
  assert.equal(
    withoutNumbers('0:log\n1:1 core::min\n12:0 a 1 b\n'),
    '0:log\n1:core::min\n12:a 1 b\n',
  );
});
