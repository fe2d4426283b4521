// 40 replicas × 24 h as one input: the finest step that the program and the page take, their peak
// of memory against the columns, and when the verdict is there.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';

import { fleetResponse, metricsOf, scrape, start } from '../fleet-response.mjs';
import { Replica } from '../replica.mjs';
import { percentiles } from '../ratio.mjs';
import { inChromium } from '../site.mjs';
import { diagnose } from './program.mjs';

export const day = { replicas: 40, scrapes: 5760 };
const seriesCount = day.replicas * metricsOf({}).length;
const what = `${day.replicas} replicas × 24 h`;
/** Steps in scrapes: the finest, and those tried after it, up to the first that is taken. */
const steps = { finest: 1, native: [7, 8], response: 10, columns: 4 };
const runs = 3;
/** What a session keeps at most (`frontend/engine/src/session.ts`). */
const keptBytesLimit = 128 * 1024 * 1024;

const columnsAt = (every) =>
  seriesCount * Math.ceil(day.scrapes / every) * Float64Array.BYTES_PER_ELEMENT;
const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
const seconds = (every) => every * scrape;

/** Rows of the program and of the page. */
export async function measureDay(say) {
  const native = await measureNative(say);
  const page = await measurePage(say);
  return { records: [...native.records, ...page.records], sizes: [...native.sizes, ...page.sizes] };
}

/** The response at every scrape, piece by piece, for as long as somebody reads. */
async function writeWhole(write) {
  const metrics = metricsOf({});
  const row = ({ metric, number }, values) =>
    `${number === 0 && metric === metrics[0] ? '' : ','}{"metric":${JSON.stringify({ ...metric, instance: `pod-${number}` })},"values":[${values.join(',')}]}`;
  if (!(await write('{"status":"success","data":{"resultType":"matrix","result":['))) return;
  for (let number = 0; number < day.replicas; number++) {
    const replica = new Replica(metrics, { seed: 17 + number, scrapes: day.scrapes, start });
    const texts = metrics.map(() => []);
    for (let index = 0; index < day.scrapes; index++) {
      replica.advance(index);
      const time = start + index * scrape;
      replica.values().forEach((value, at) => texts[at].push(`[${time},"${value}"]`));
    }
    for (const [at, metric] of metrics.entries())
      if (!(await write(row({ metric, number }, texts[at])))) return;
  }
  await write(']}}');
}

async function measureNative(say) {
  say(`the program, ${what} at ${seconds(steps.finest)} s through its standard input`);
  const refused = await diagnose(['--response', '-'], writeWhole);
  assert.match(refused.stderr, /memory budget/);
  for (const every of steps.native) {
    say(`the program, ${what} at ${seconds(every)} s`);
    const file = await fleetResponse({ id: `day-40-${seconds(every)}s`, ...day, every });
    try {
      const args = ['--memory-budget', '2GiB', '--response', file];
      const first = await diagnose(args);
      if (first.report) return taken(every, first, await repeated(args), refused);
      assert.match(first.stderr, /more than 8000000 samples/);
    } finally {
      rmSync(file);
    }
  }
  throw new Error(`the program takes ${what} at no step that was tried`);
}

async function repeated(args) {
  const walls = [];
  for (let run = 0; run < runs; run++) walls.push((await diagnose(args)).wall);
  return percentiles(walls);
}

function taken(every, { peak }, spread, refused) {
  const samples = (columnsAt(steps.finest) / Float64Array.BYTES_PER_ELEMENT / 1e6).toFixed(1);
  const where = 'native';
  const label = `${what} at ${seconds(every)} s`;
  return {
    sizes: [
      {
        id: 'scale.day.step.native',
        what: `finest step at which the program takes ${what} as one response`,
        ...{ value: seconds(every), unit: 's' },
        detail:
          `at ${seconds(steps.finest)} s they are ${samples} million samples, refused with ` +
          `${megabytes(refused.peak)} in memory; the next coarser step tried is refused too`,
      },
      {
        id: 'scale.day.memory.native',
        what: `peak memory of the program ÷ columns, ${label} as a response`,
        ...{ value: peak / columnsAt(every), unit: '×' },
        detail: `${megabytes(peak)} of the whole process; columns ${megabytes(columnsAt(every))}`,
      },
    ],
    records: [{ what: `${label}, saved response → report`, where, unit: 'ms', spread }],
  };
}

async function measurePage(say) {
  const outcome = { records: [], sizes: [] };
  const fleet = { ...day, metrics: metricsOf({}), start, scrape };
  await inChromium(async ({ prepare }) => {
    for (const kind of ['response', 'columns']) {
      const every = steps[kind];
      say(`Chromium, ${what} at ${seconds(every)} s as ${kind}`);
      const { facts, page } = await prepare('scale/page.mjs', {
        fleet: { ...fleet, every },
        asColumns: kind === 'columns',
        refusedEvery: steps.finest,
      });
      await page.close();
      assert.match(facts.refusal, /a session keeps at most/);
      const finer = facts.kept * (every / (every - 1));
      assert.ok(finer > keptBytesLimit, `a page would take ${what} one scrape finer`);
      add(outcome, { kind, every, facts });
    }
  });
  return outcome;
}

function add({ records, sizes }, { kind, every, facts }) {
  const words = kind === 'columns' ? 'as a host’s columns' : 'as responses';
  const label = `${what} at ${seconds(every)} s ${words}`;
  sizes.push(
    {
      id: `scale.day.step.${kind}`,
      what: `finest step at which a page takes ${what} ${words}`,
      ...{ value: seconds(every), unit: 's' },
      detail: `${megabytes(facts.kept)} kept; at ${seconds(steps.finest)} s: ${facts.refusal}`,
    },
    {
      id: `scale.day.memory.${kind}`,
      what: `peak wasm memory ÷ columns, ${label}`,
      ...{ value: facts.peak / columnsAt(every), unit: '×' },
      detail: `${megabytes(facts.peak)} of which ${megabytes(facts.loaded)} after loading; columns ${megabytes(columnsAt(every))}`,
    },
  );
  const spread = percentiles(facts.verdicts);
  records.push({ what: `${label}: load and first report`, where: 'Chromium', unit: 'ms', spread });
}
