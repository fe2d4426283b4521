import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { load } from './load.mjs';

const format = await load('src/words/format.ts');

/** Cases that the core's tests run too. */
function vectors(name) {
  const file = new URL(`../../../tests/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** No-break spaces as plain ones, so that the table below reads. */
const plain = (text) => text.replaceAll('\u00a0', ' ');

function table(name, cases) {
  test(name, () => {
    for (const [got, wanted] of cases) assert.equal(plain(got), wanted);
  });
}

table('seconds keep three significant digits and take the unit that suits them', [
  [format.formatSeconds(3.0707), '3.07 s'],
  [format.formatSeconds(0.285), '285 ms'],
  [format.formatSeconds(0.01775), '17.8 ms'],
  [format.formatSeconds(0.00096), '960 µs'],
  [format.formatSeconds(12.4852), '12.5 s'],
  [format.formatSeconds(9.999), '10.0 s'],
  [format.formatSeconds(0.9996), '1.00 s'],
  [format.formatSeconds(0.0009996), '1.00 ms'],
  [format.formatSeconds(128.3), '128 s'],
  [format.formatSeconds(71_440), '71,440 s'],
  [format.formatSeconds(0), '0 s'],
  [format.formatSeconds(-0.5), '−500 ms'],
  [format.formatSeconds(3e-9), '0.00300 µs'],
  [format.formatSeconds(NaN), '–'],
  [format.formatSeconds(Infinity), '–'],
]);

table('a target is written as it was chosen', [
  [format.formatTarget(2.5), '2.5 s'],
  [format.formatTarget(0.05), '50 ms'],
  [format.formatTarget(10), '10 s'],
  [format.formatTarget(0.0001), '100 µs'],
]);

table('a range is rounded outwards', [
  [format.formatSecondsRange(6.0506, 7.5), '6.05 – 7.50 s'],
  [format.formatSecondsRange(0, 6.2701), '≤ 6.28 s'],
  [format.formatSecondsRange(0.008607, 0.01), '8.60 – 10.0 ms'],
  [format.formatSecondsRange(0.5, 1.2), '500 ms – 1.20 s'],
  [format.formatSecondsRange(10, undefined), '> 10.0 s'],
  [format.formatSecondsRange(0, undefined), 'unbounded'],
  [format.formatSecondsRange(5, 5), '5.00 s'],
  [format.formatSecondsRange(0, 0.01775), '≤ 17.8 ms'],
  [format.formatSecondsRange(0.9996, 0.99961), '999 ms – 1.00 s'],
]);

test('a rounded range always holds the range it stands for', () => {
  let state = 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const scale = { s: 1, ms: 1e-3, µs: 1e-6 };
  const parse = (text, unit) => Number(text.replaceAll(',', '')) * scale[unit];
  for (let round = 0; round < 20_000; round += 1) {
    const lo = 10 ** (random() * 8 - 5);
    const hi = lo * (1 + random() * 10);
    const [lower, upper] = plain(format.formatSecondsRange(lo, hi)).split(' – ');
    const [hiText, hiUnit] = (upper ?? lower).split(' ');
    const [loText, loUnit = hiUnit] = lower.split(' ');
    assert.ok(parse(loText, loUnit) <= lo * (1 + 1e-9), `${lower} for ${lo}`);
    assert.ok(parse(hiText, hiUnit) >= hi * (1 - 1e-9), `${upper} for ${hi}`);
  }
});

table('a change carries its sign', [
  [format.formatDelta(3.0698), '+3.07 s'],
  [format.formatDelta(-0.6309), '−631 ms'],
  [format.formatDelta(0.001, 0.01), '±0'],
  [format.formatDelta(0), '±0'],
]);

table('a share reads 0 % or 100 % only when it is', [
  [format.formatShare(0.33), '33 %'],
  [format.formatShare(0.0171), '1.7 %'],
  [format.formatShare(0.0999), '10 %'],
  [format.formatShare(0.0001), '<0.1 %'],
  [format.formatShare(0), '0 %'],
  [format.formatShare(1), '100 %'],
  [format.formatShare(0.9996), '>99.9 %'],
  [format.formatShare(0.995), '99.5 %'],
  [format.formatShareRange(0.5, 0.5), '50 %'],
  [format.formatShareRange(0.482, 0.518), '48 – 52 %'],
  [format.formatShareRange(0.9996, 1), '>99.9 – 100 %'],
  [format.formatShareRange(0.3333, 0.3334), '33 – 34 %'],
]);

table('counts and values', [
  [format.formatCount(71_440), '71,440'],
  [format.formatCount(2.4533), '2.45'],
  [format.formatCount(-3), '−3'],
  [format.formatPlural(1, 'request'), '1 request'],
  [format.formatPlural(96, 'request'), '96 requests'],
  [format.formatValue(226.5, 'tokens/s'), '227 tokens / s'],
  [format.formatValue(2, 'sequences'), '2 sequences'],
  [format.formatValue(0.0171, 'ratio'), '1.7 %'],
  [format.formatValue(0.5, 's'), '500 ms'],
  [format.formatQuantile(0.95), 'p95'],
  [format.formatQuantile(0.999), 'p99.9'],
]);

table(
  'lengths of time are those of the core',
  vectors('times').lengths.map(([ms, wanted]) => [format.formatDuration(ms), wanted]),
);

table('extremes repeat only units that may differ', [
  [format.formatExtremes(2, 3, 'requests'), '2 – 3'],
  [format.formatExtremes(0.0005, 2.5, 's'), '500 µs – 2.50 s'],
]);
