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

const numbers = vectors('numbers');

table('seconds', [
  ...numbers.seconds.map(([value, wanted]) => [format.formatSeconds(value), wanted]),
  ...numbers.chosen_seconds.map(([value, wanted]) => [format.formatTarget(value), wanted]),
  [format.formatSeconds(NaN), '–'],
  [format.formatSeconds(Infinity), '–'],
]);

table('bounds and intervals are rounded outward', [
  ...numbers.seconds_at_least.map(([value, wanted]) => [
    format.formatSeconds(value, 'down'),
    wanted,
  ]),
  ...numbers.seconds_at_most.map(([value, wanted]) => [format.formatSeconds(value, 'up'), wanted]),
  ...numbers.interval.map(([lo, hi, loExcluded, unit, wanted]) => [
    format.formatInterval(lo, hi ?? undefined, loExcluded, unit),
    wanted,
  ]),
]);

table(
  'compared times get a third digit where two are not enough',
  numbers.compared_seconds.flatMap(([one, other, wanted, otherWanted]) => {
    const [text, otherText] = format.formatCompared(one, other);
    return [
      [text, wanted],
      [otherText, otherWanted],
    ];
  }),
);

test('a rounded range always holds the range it stands for', () => {
  let state = 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const scale = { s: 1, ms: 1e-3, µs: 1e-6 };
  const parse = (text, unit) => Number(text.replaceAll(',', '')) * scale[unit];
  for (let round = 0; round < 20_000; round += 1) {
    const lo = 10 ** (random() * 8 - 5);
    const hi = lo * (1 + random() * 10);
    const text = plain(format.formatInterval(lo, hi, true, 's'));
    const [range, unit] = text.split(' ');
    const [lower, upper = lower] = range.split('–');
    assert.ok(parse(lower, unit) <= lo * (1 + 1e-8), `${text} for ${lo}`);
    assert.ok(parse(upper, unit) >= hi * (1 - 1e-8), `${text} for ${hi}`);
  }
});

table('a change carries its sign', [
  ...numbers.signed_seconds.map(([value, wanted]) => [format.formatDelta(value), wanted]),
  [format.formatDelta(0.001, 0.01), '±0 s'],
]);

table('a share reads 0 % or 100 % only when it is', [
  ...numbers.percent.map(([value, wanted]) => [format.formatShare(value), wanted]),
  ...numbers.percent_at_most.map(([value, wanted]) => [format.formatShareAtMost(value), wanted]),
  ...numbers.percent_interval.map(([lo, hi, wanted]) => [format.formatShareRange(lo, hi), wanted]),
]);

table('counts and values', [
  ...numbers.number.map(([value, wanted]) => [format.formatCount(value), wanted]),
  ...numbers.quantity.map(([value, unit, wanted]) => [format.formatValue(value, unit), wanted]),
  [format.formatPlural(1, 'request'), '1 request'],
  [format.formatPlural(96, 'request'), '96 requests'],
  [format.formatRatio(0.7389), '× 0.74'],
  [format.formatRatio(1.0004), '× 1'],
  [format.formatRatio(1234), '× 1,234'],
  [format.formatQuantile(0.95), 'p95'],
  [format.formatQuantile(0.999), 'p99.9'],
]);

table(
  'lengths of time are those of the core',
  vectors('times').lengths.map(([ms, wanted]) => [format.formatDuration(ms), wanted]),
);

table('extremes repeat only units that may differ', [
  [format.formatExtremes(2, 3, 'requests'), '2 – 3'],
  [format.formatExtremes(0.0005, 2.5, 's'), '0.5 ms – 2.5 s'],
]);
