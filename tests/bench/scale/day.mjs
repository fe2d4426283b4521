// 40 replicas × 24 h as one input: every scrape in the program, the finest step that a page takes,
// their peak of memory against the columns, and when the verdict is there.

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
/** Steps in scrapes: the finest, one that is timed as a file, and what a page takes. */
const steps = { finest: 1, file: 8, response: 10, columns: 4 };
const runs = 3;
/** Memory for all samples of the finest step as columns; by default there is half as much. */
const budget = '512MiB';
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
  const whole = await diagnose(['--memory-budget', budget, '--response', '-'], writeWhole);
  assert.ok(whole.report?.window.finished_requests > 0, whole.stderr);
  const every = steps.file;
  say(`the program, ${what} at ${seconds(every)} s`);
  const file = await fleetResponse({ id: `day-40-${seconds(every)}s`, ...day, every });
  const files = [];
  try {
    for (let run = 0; run < runs; run++) files.push(await diagnose(['--response', file]));
  } finally {
    rmSync(file);
  }
  for (const { report, stderr } of files) assert.ok(report, stderr);
  return nativeRows({ whole, refused, files });
}

function nativeRows({ whole, refused, files }) {
  const samples = (columnsAt(steps.finest) / Float64Array.BYTES_PER_ELEMENT / 1e6).toFixed(1);
  const where = 'native';
  const label = `${what} at ${seconds(steps.file)} s`;
  const spread = percentiles(files.map(({ wall }) => wall));
  const filePeak = Math.max(...files.map(({ peak }) => peak));
  return {
    sizes: [
      {
        id: 'scale.day.step.native',
        what: `finest step at which the program takes ${what} as one response`,
        ...{ value: seconds(steps.finest), unit: 's' },
        detail:
          `${samples} million samples with \`--memory-budget ${budget}\`; with the default budget ` +
          `refused at ${megabytes(refused.peak)} in memory`,
      },
      {
        id: 'scale.day.memory.native',
        what: `peak memory of the program ÷ columns, ${what} at ${seconds(steps.finest)} s as a response`,
        ...{ value: whole.peak / columnsAt(steps.finest), unit: '×' },
        detail:
          `${megabytes(whole.peak)} of the whole process; columns ${megabytes(columnsAt(steps.finest))}; ` +
          `at ${seconds(steps.file)} s ${megabytes(filePeak)} and ${megabytes(columnsAt(steps.file))}`,
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
