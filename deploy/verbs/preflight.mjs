// `npm run preflight`: builds the Grafana panel, checks it as the catalog's validator would, and packs it for signing.

import { buildFrontend, prepare } from '../steps/build.mjs';
import { installHost, unpackPackages } from '../steps/host-packages.mjs';
import { preflight } from '../steps/preflight.mjs';
import { run } from '../steps/process.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';

const folder = 'frontend/grafana';

async function buildPanel() {
  await installHost(folder);
  unpackPackages(folder);
  await run('npm', ['run', '--silent', 'build', '--prefix', folder]);
}

await runVerb(() =>
  runStages('preflight', [
    { id: 'prepare', title: 'compilers and packages', run: prepare },
    { id: 'front end', title: 'engine, view and panel', run: buildFrontend },
    { id: 'panel', title: 'the Grafana panel', run: buildPanel },
    { id: 'rules', title: 'rules of the catalog, archive', run: () => preflight(folder) },
  ]),
);
