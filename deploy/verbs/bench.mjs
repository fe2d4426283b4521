// `npm run bench [-- --only NAME[,NAME…]]`: ratios against named rivals. A whole run writes
// docs/benchmarks.md; every run prints its tables, leaves all figures in
// tests/artefacts/benchmarks.json, and fails when a ratio is below its floor.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ids, load } from '../../tests/bench/benchmarks.mjs';
import { describeMachine } from '../../tests/bench/machine.mjs';
import { page, ratioTable, recordTable, sizeTable } from '../../tests/bench/markdown.mjs';
import { buildNative } from '../../tests/bench/native.mjs';
import { buildSite } from '../../tests/bench/site.mjs';
import { readTargets, shortfalls, unmeasured, withTargets } from '../../tests/bench/targets.mjs';
import { buildCommandLine, buildFrontend, prepare } from '../steps/build.mjs';
import { readOptions } from '../steps/options.mjs';
import { root, Stop } from '../steps/process.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';
import { requireTools } from '../steps/tools.mjs';

const document = 'docs/benchmarks.md';
const artefact = 'tests/artefacts/benchmarks.json';

function chosen(args) {
  const usage = `npm run bench -- [--only ${ids.join('|')}]`;
  const { only } = readOptions(args, { only: { type: 'string' } }, usage);
  const unknown = only?.split(',').find((id) => !ids.includes(id));
  if (unknown)
    throw new Stop(`there is no benchmark "${unknown}"; benchmarks are ${ids.join(', ')}`);
  return only ? ids.filter((id) => only.split(',').includes(id)) : ids;
}

/** The stage of one benchmark, which adds what it measured to the groups. */
async function stageOf(id, groups, targets) {
  const { title, remarks, measure } = await load(id);
  return {
    id,
    title,
    async run() {
      const {
        ratios = [],
        records = [],
        sizes = [],
      } = await measure((words) => console.log(`  ${words} …`));
      const [judgedRatios, judgedRecords, judgedSizes] = [ratios, records, sizes].map((rows) =>
        withTargets(rows, targets),
      );
      groups.push({
        id,
        title,
        remarks,
        ratios: judgedRatios,
        records: judgedRecords,
        sizes: judgedSizes,
      });
    },
  };
}

function publish(outcome, isWhole) {
  mkdirSync(path.join(root, path.dirname(artefact)), { recursive: true });
  writeFileSync(path.join(root, artefact), `${JSON.stringify(outcome, undefined, 2)}\n`);
  if (isWhole) writeFileSync(path.join(root, document), page(outcome));
  const tables = [ratioTable, sizeTable, recordTable].map((table) => table(outcome.groups));
  console.log(`\n${tables.filter((table) => table !== '').join('\n\n')}`);
  console.log(
    `\nwritten: ${artefact}${isWhole ? ` and ${document}` : `; only a whole run writes ${document}`}`,
  );
}

await runVerb(async (args) => {
  const selected = chosen(args);
  requireTools([
    ...['cargo', 'rustup', 'npm', 'chromium'],
    ...['prometheus', 'promtool', 'victoria-metrics', 'vmalert'],
  ]);
  await prepare();
  const targets = readTargets();
  const outcome = { machine: await describeMachine(), groups: [] };
  await runStages('bench', [
    { id: 'build', title: 'everything that is measured', run: buildAll },
    ...(await Promise.all(selected.map((id) => stageOf(id, outcome.groups, targets)))),
  ]);
  const isWhole = selected.length === ids.length;
  publish(outcome, isWhole);
  const faults = shortfalls(outcome.groups.flatMap(({ ratios }) => ratios));
  const rows = outcome.groups.flatMap(({ ratios, records, sizes }) => [
    ...ratios,
    ...records,
    ...sizes,
  ]);
  if (isWhole)
    faults.push(
      ...unmeasured(rows, targets).map((id) => `targets.json has "${id}", which nothing measures`),
    );
  if (faults.length > 0) throw new Stop(faults.join('\n'));
});

async function buildAll() {
  await buildFrontend();
  await buildCommandLine();
  await buildNative();
  await buildSite();
}
