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
const ours = {
  replicasMerged: 'replica by replica, as the heat map asks',
  growthAdded: 'replicas added first',
};
const rivals = {
  careful: 'careful typed-array JavaScript',
  objects: 'object-style JavaScript',
  read: 'reading the counters once',
};
const goals = { careful: 1.7, objects: 70, read: 0.5 };

export const title = 'Fleet mathematics and the quantile';

export const remarks = [
  `Fleet: ${replicas} replicas × ${families} histograms × ${bounds.length} buckets × ${steps} steps = ` +
    `${((families * replicas * bounds.length * steps) / 1e6).toFixed(2)} million raw counters with restarts → p50, p95 and p99 of ` +
    `each histogram over the last ${window} steps at every step. All contestants give the same bits. The core also checks ` +
    'for gaps, repairs, and keeps what bounds and caveats need; the rivals take clean counters for granted.',
];

export async function measure(say) {
  const outcome = { ratios: [], records: [] };
  await inChromium(async ({ prepare }) => {
    say('Chromium');
    await compare(outcome, 'Chromium', await prepare(script));
  });
  say('native');
  await compareNatively(outcome);
  return outcome;
}

async function compare(outcome, where, { facts, time }) {
  const fast = [...Object.keys(ours), 'careful', 'read', 'readInJavaScript'];
  const measured = await interleave(fast, rounds, time);
  const withObjects = await interleave([...Object.keys(ours), 'objects'], objectRounds, time, { warmUps: 1 });
  addFleet(outcome, where, { careful: measured, read: measured, objects: withObjects });
  const stages = ['make', 'points', 'pointsAndBounds', 'pointsInJavaScript'];
  addQuantiles(outcome, where, facts, await interleave(stages, 2 * rounds, time));
}

/** `measured` by rival. */
function addFleet({ ratios, records }, where, measured) {
  for (const [name, way] of Object.entries(ours)) {
    for (const [rival, against] of Object.entries(rivals)) {
      const one = measured[rival];
      if (!one) continue;
      const goal = where === 'Chromium' || rival === 'read' ? goals[rival] : undefined;
      ratios.push({
        ...{ id: `fleet.${where}.${name}.${rival}`, what: `fleet → quantiles, ${way}`, against, where, goal },
        ...{ ratio: ratioOf(one, name, rival), rounds: one.length },
      });
    }
    records.push({ what: `fleet → quantiles, ${way}`, where, unit: 'ms', spread: spread(measured.careful, name) });
  }
  for (const [rival, against] of Object.entries(rivals)) {
    if (measured[rival])
      records.push({ what: `fleet: ${against}`, where, unit: 'ms', spread: spread(measured[rival], rival) });
  }
}

/** Nanoseconds of one quantile or one histogram. */
function addQuantiles({ ratios, records }, where, facts, measured) {
  const each = (name, what, count, goal) => {
    const nanoseconds = spread(measured, name).map((ms) => (ms * 1e6) / count);
    records.push({ id: `quantile.${where}.${name}`, what, where, unit: 'ns', spread: nanoseconds, goal });
  };
  each('points', 'one quantile of a ready histogram: the point alone', facts.quantiles, 10);
  each('pointsAndBounds', 'one quantile of a ready histogram: point and proven bounds', facts.quantiles, 10);
  each('make', 'one histogram of 20 buckets from its cumulative counts, checked', facts.histograms);
  if (!measured[0].pointsInJavaScript) return;
  each('pointsInJavaScript', 'one quantile in careful JavaScript', facts.quantiles);
  ratios.push({
    ...{
      id: `quantile.${where}.points`,
      what: 'quantile: the point alone',
      against: 'careful typed-array JavaScript',
      where,
    },
    ...{ ratio: ratioOf(measured, 'points', 'pointsInJavaScript'), rounds: measured.length },
  });
}

/** The native program takes turns with the careful JavaScript in this process. */
async function compareNatively(outcome) {
  const file = path.join(benchFolder(), 'counters.f64');
  writeFileSync(file, makeCounters());
  const native = startNative(['fleet', file, replicas, steps, window, ...bounds].map((one) => String(one)));
  try {
    const node = await inNode(script);
    assert.equal((await native.run('points')).result, node.facts.sum, 'the sum of all points');
    const time = (name) => (['careful', 'objects'].includes(name) ? node.time(name) : native.time(name));
    const measured = await interleave([...Object.keys(ours), 'careful', 'read'], rounds, time);
    addFleet(outcome, 'native, JavaScript in Node', { careful: measured, read: measured });
    const stages = await interleave(['make', 'points', 'pointsAndBounds'], 2 * rounds, time);
    addQuantiles(outcome, 'native', node.facts, stages);
  } finally {
    await native.stop();
  }
}
