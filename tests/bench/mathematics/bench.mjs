// A fleet's counters → the quantiles of every family at every step, and what one quantile costs.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { startNative } from '../native.mjs';
import { interleave, ratioOf, spread } from '../ratio.mjs';
import { benchFolder, inChromium, inNode } from '../site.mjs';
import { bounds, families, makeCounters, replicas, steps, window } from './counters.mjs';

const script = 'mathematics/contestants.mjs';
const rounds = 15;
const objectRounds = 5;
const what = 'a fleet’s counters → quantiles';
const rivals = {
  careful: 'careful typed-array JavaScript',
  objects: 'object-style JavaScript',
  read: 'reading the counters once',
};

export const title = 'Fleet mathematics and the quantile';

export const remarks = [
  `Fleet: ${replicas} replicas × ${families} histograms × ${bounds.length} buckets × ${steps} steps = ` +
    `${((families * replicas * bounds.length * steps) / 1e6).toFixed(2)} million raw counters with restarts → p50, p95 and p99 of ` +
    `each histogram over the last ${window} steps at every step, by a table of a whole fleet (FleetWindows) that only this ` +
    'benchmark has: the shipped heat map also needs sums and goes another way. All contestants give the same bits. The table proves ' +
    'for every counter that it is whole, present and in order with the other buckets, and leaves gaps and torn scrapes to the ' +
    'core, replica by replica; the rivals take clean counters for granted. Its loops use the vector instructions of WebAssembly and are ' +
    'compiled for speed. Reading once is the quicker of wasm, compiled likewise, and JavaScript.',
  'Quantile: of histograms that are there already. The JavaScript reads a flat table of the same counts.',
];

export async function measure(say) {
  const outcome = { ratios: [], records: [] };
  await inChromium(async ({ prepare }) => {
    say('Chromium');
    const { facts, time } = await prepare(script);
    const measured = quickerReading(
      await interleave(['fleet', 'careful', 'read', 'readInJavaScript'], rounds, time),
    );
    const withObjects = await interleave(['fleet', 'objects'], objectRounds, time, { warmUps: 1 });
    addFleet(outcome, 'Chromium', { careful: measured, objects: withObjects, read: measured });
    const stages = ['make', 'point', 'pointAndBounds', 'pointInJavaScript'];
    addQuantiles(outcome, 'Chromium', facts, await interleave(stages, 2 * rounds, time));
  });
  say('native, with the JavaScript in Node');
  await measureNatively(outcome);
  return outcome;
}

/** A floor is the least that is possible, so the quicker way to read counts. */
function quickerReading(measured) {
  return measured.map((ms) => ({ ...ms, read: Math.min(ms.read, ms.readInJavaScript) }));
}

/** `measured` by rival. */
function addFleet({ ratios, records }, place, measured) {
  const isNative = place === 'native';
  for (const [rival, rounded] of Object.entries(measured)) {
    const where = isNative && rival !== 'read' ? 'native, JavaScript in Node' : place;
    const ratio = ratioOf(rounded, 'fleet', rival);
    ratios.push({
      id: `fleet.${place}.${rival}`,
      what,
      against: rivals[rival],
      where,
      ratio,
      rounds: rounded.length,
    });
    const rivalPlace = isNative && rival !== 'read' ? 'Node' : place;
    records.push({
      what: `fleet: ${rivals[rival]}`,
      where: rivalPlace,
      unit: 'ms',
      spread: spread(rounded, rival),
    });
  }
  records.push({ what, where: place, unit: 'ms', spread: spread(measured.careful, 'fleet') });
}

/** Nanoseconds of one quantile or one histogram. */
function addQuantiles({ ratios, records }, where, facts, measured) {
  const each = (name, words, count) => {
    const nanoseconds = spread(measured, name).map((ms) => (ms * 1e6) / count);
    records.push({
      id: `quantile.${where}.${name}`,
      what: words,
      where,
      unit: 'ns',
      spread: nanoseconds,
    });
  };
  each('point', 'one quantile of a ready histogram: the point alone', facts.quantiles);
  each(
    'pointAndBounds',
    'one quantile of a ready histogram: point and proven bounds',
    facts.quantiles,
  );
  each('make', 'one histogram of 20 buckets from its cumulative counts, checked', facts.histograms);
  if (measured[0].pointInJavaScript === undefined) return;
  each('pointInJavaScript', 'one quantile in careful JavaScript', facts.quantiles);
  ratios.push({
    ...{
      id: `quantile.${where}.pointInJavaScript`,
      what: 'one quantile of a ready histogram: the point alone',
      where,
    },
    ...{
      against: rivals.careful,
      ratio: ratioOf(measured, 'point', 'pointInJavaScript'),
      rounds: measured.length,
    },
  });
}

/** The native program takes turns with the careful JavaScript in this process. */
async function measureNatively(outcome) {
  const file = path.join(benchFolder(), 'counters.f64');
  writeFileSync(file, makeCounters());
  const native = startNative(
    ['fleet', file, replicas, steps, window, ...bounds].map((one) => String(one)),
  );
  try {
    const node = await inNode(script);
    assert.equal((await native.run('point')).result, node.facts.sum, 'the sum of all points');
    const time = (name) => (name === 'careful' ? node.time(name) : native.time(name));
    const measured = await interleave(['fleet', 'careful', 'read'], rounds, time);
    addFleet(outcome, 'native', { careful: measured, read: measured });
    addQuantiles(
      outcome,
      'native',
      node.facts,
      await interleave(['make', 'point', 'pointAndBounds'], 2 * rounds, time),
    );
  } finally {
    await native.stop();
  }
}
