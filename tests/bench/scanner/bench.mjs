// Response → columns: the wasm scanner against JSON.parse, a careful scanner in JavaScript, and
// TextDecoder alone; natively against a document of serde_json.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { startNative } from '../native.mjs';
import { interleave, ratioOf, spread } from '../ratio.mjs';
import { benchFolder, inChromium, inNode } from '../site.mjs';
import { makeResponse } from './responses.mjs';

const script = 'scanner/contestants.mjs';
const names = ['scanner', 'decoding', 'parsing', 'careful'];
const tasks = [
  { kind: 'counters', series: 480, samples: 720, rounds: 21 },
  { kind: 'rates', series: 480, samples: 720, rounds: 21 },
  { kind: 'counters', series: 9600, samples: 300, rounds: 5 },
  { kind: 'rates', series: 9600, samples: 300, rounds: 5 },
];
const rivals = {
  parsing: 'JSON.parse + typed arrays',
  careful: 'careful JavaScript scanner',
  decoding: 'TextDecoder alone',
};

export const title = 'Response → columns';

export const remarks = [
  'Scanner: the time includes copying the bytes into the module, piece by piece. It checks encoding and grammar and reads any layout; the ' +
    'careful JavaScript takes Prometheus’s compact layout for granted and checks nothing. TextDecoder alone only makes the ' +
    'string that JSON.parse needs. All readers give the same bits.',
];

export async function measure(say) {
  const ratios = [];
  const records = [];
  const add = (where, task, megabytes, measured) => {
    const what = `scan ${task.series.toLocaleString('en')} series × ${task.samples} ${task.kind}, ${megabytes.toFixed(0)} MB`;
    for (const [rival, against] of Object.entries(rivals)) {
      const id = `scanner.${where}.${task.kind}.${task.series}.${rival}`;
      ratios.push({
        id,
        what,
        against,
        where,
        ratio: ratioOf(measured, 'scanner', rival),
        rounds: task.rounds,
      });
    }
    for (const name of names) {
      const contestant = name === 'scanner' ? 'scanner' : rivals[name];
      records.push({
        what: `${what}: ${contestant}`,
        where,
        unit: 'ms',
        spread: spread(measured, name),
      });
    }
  };
  await inChromium(async ({ prepare }) => {
    for (const task of tasks) {
      say(`Chromium, ${task.kind}, ${task.series} × ${task.samples}`);
      const { facts, time, page } = await prepare(script, task);
      add('Chromium', task, facts.megabytes, await interleave(names, task.rounds, time));
      await page.close();
    }
  });
  for (const task of tasks.filter(({ series }) => series < 1000)) {
    say(`Node, ${task.kind}, ${task.series} × ${task.samples}`);
    const { facts, time } = await inNode(script, task);
    add('Node', task, facts.megabytes, await interleave(names, task.rounds, time));
    say(`native, ${task.kind}, ${task.series} × ${task.samples}`);
    const native = await natively(task);
    ratios.push(...native.ratios);
    records.push(...native.records);
  }
  return { ratios, records };
}

const nativeRivals = {
  document: 'serde_json document + columns',
  text: 'UTF-8 check and copy alone',
};

/** The same bytes for the core as a native program. */
async function natively({ kind, series, samples, rounds }) {
  const file = path.join(benchFolder(), `response-${kind}.json`);
  const bytes = makeResponse(kind, series, samples);
  writeFileSync(file, bytes);
  const native = startNative(['scan', file]);
  try {
    const [scanned, document] = [await native.run('scanner'), await native.run('document')];
    assert.equal(scanned.result, document.result, 'the sum of all values');
    const measured = await interleave(
      ['scanner', ...Object.keys(nativeRivals)],
      rounds,
      native.time,
    );
    const what = `scan ${series} series × ${samples} ${kind}, ${(bytes.length / 1e6).toFixed(0)} MB`;
    const where = 'native';
    const ratios = Object.entries(nativeRivals).map(([rival, against]) => ({
      ...{ id: `scanner.native.${kind}.${series}.${rival}`, what, against, where },
      ...{ ratio: ratioOf(measured, 'scanner', rival), rounds },
    }));
    return {
      ratios,
      records: [
        { what: `${what}: scanner`, where, unit: 'ms', spread: spread(measured, 'scanner') },
      ],
    };
  } finally {
    await native.stop();
  }
}
