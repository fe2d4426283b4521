// `npm run preflight`: builds the Grafana panel, checks it as the catalog's validator would, and
// packs it for signing.

import { buildFrontend, prepare } from '../steps/build.mjs';
import { buildGrafanaPanel } from '../steps/hosts.mjs';
import { preflight } from '../steps/preflight.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';

await runVerb(() =>
  runStages('preflight', [
    { id: 'prepare', title: 'compilers and packages', run: prepare },
    { id: 'front end', title: 'engine, view and panel', run: buildFrontend },
    { id: 'panel', title: 'the Grafana panel', run: buildGrafanaPanel },
    {
      id: 'rules',
      title: 'rules of the catalog, archive',
      run: () => preflight('frontend/grafana'),
    },
  ]),
);
