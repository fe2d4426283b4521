// `npm test [-- --stage NAME[,NAME…]]`: everything, in stages that can be run alone.

import { buildCommandLine, buildFrontend, prepare } from '../steps/build.mjs';
import * as checks from '../steps/checks.mjs';
import { prepareColumns } from '../steps/grafana-columns.mjs';
import {
  buildGrafanaPanel,
  buildShipped,
  checkGrafanaPanel,
  checkPersesPanel,
} from '../steps/hosts.mjs';
import { readOptions } from '../steps/options.mjs';
import { buildPersesColumns } from '../steps/perses-columns.mjs';
import { preflight } from '../steps/preflight.mjs';
import { run, Stop } from '../steps/process.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';
import { checkSizes } from '../steps/sizes.mjs';
import { requireTools } from '../steps/tools.mjs';

const stages = [
  {
    id: 'rust',
    title: 'format, lints natively and for wasm, tests',
    async run() {
      await checks.lintRust();
      await run('cargo', ['test']);
      await run('cargo', ['test', '--lib', '--package', 'inference-triage-mathematics-bench']);
    },
  },
  { id: 'build', title: 'wasm, engine, view, portal and the demo page', run: buildFrontend },
  {
    id: 'wasm',
    title: 'the boundary in Node and in Chromium',
    async run() {
      await buildFrontend();
      await checks.testWasm({ INFERENCE_TRIAGE: await buildCommandLine() });
    },
  },
  {
    id: 'typescript',
    title: 'lints, format, types and tests of the front end',
    async run() {
      await buildFrontend();
      await checks.lintScripts();
      await checks.checkTypes();
      await checks.testPackages();
    },
  },
  {
    id: 'generated',
    title: 'generated files are up to date',
    run: () => checks.generate({ check: true }),
  },
  {
    id: 'rules',
    title: "alert and recording rules in promtool's and vmalert's rule engines",
    async run() {
      await checks.testNode('tests/rules', { INFERENCE_TRIAGE: await buildCommandLine() });
    },
  },
  {
    id: 'live',
    title: 'the command line against a real Prometheus',
    async run() {
      await buildFrontend();
      await checks.testNode('tests/live', { INFERENCE_TRIAGE: await buildCommandLine() });
    },
  },
  {
    id: 'engines',
    title: 'recordings of real engines, answered by the command line',
    async run() {
      await checks.testNode('tests/engines', { INFERENCE_TRIAGE: await buildCommandLine() });
    },
  },
  {
    id: 'portal',
    title: 'the element and the demo page in Chromium, with a real Prometheus behind them',
    async run() {
      await buildFrontend();
      await checks.testNode('tests/e2e/portal', { INFERENCE_TRIAGE: await buildCommandLine() });
    },
  },
  {
    id: 'grafana',
    title:
      'the Grafana panel: lints, types, tests, catalog rules, and in the front-end packages of two Grafana releases',
    async run() {
      await buildGrafanaPanel();
      await checkGrafanaPanel();
      await checks.testNode('deploy/steps');
      preflight('frontend/grafana');
      await prepareColumns();
      await checks.testNode('tests/e2e/grafana', { INFERENCE_TRIAGE: await buildCommandLine() });
    },
  },
  {
    id: 'perses',
    title: "the Perses panel: types, tests, archive, and in two releases of Perses's packages",
    async run() {
      await buildFrontend();
      await buildPersesColumns();
      await checkPersesPanel();
      await checks.testNode('tests/e2e/perses', { INFERENCE_TRIAGE: await buildCommandLine() });
    },
  },
  {
    id: 'accuracy',
    title:
      'simulated incidents: no headline figure of docs/accuracy.md falls by more than its noise, and confidence is that of these rules',
    async run() {
      await checks.runAccuracy(['--check']);
      await checks.runAccuracy(['--fit', '--check']);
    },
  },
  {
    id: 'size',
    title: 'what a browser loads, against the budgets',
    async run() {
      await buildShipped();
      checkSizes();
    },
  },
];

function chosen(args) {
  const names = stages.map(({ id }) => id).join('|');
  const { stage } = readOptions(
    args,
    { stage: { type: 'string' } },
    `npm test -- [--stage ${names}]`,
  );
  if (!stage) return stages;
  return stage.split(',').map((id) => {
    const found = stages.find((candidate) => candidate.id === id);
    if (!found)
      throw new Stop(`there is no stage "${id}"; stages are ${names.replaceAll('|', ', ')}`);
    return found;
  });
}

await runVerb(async (args) => {
  const selected = chosen(args);
  requireTools([
    'cargo',
    'rustup',
    'npm',
    'prometheus',
    'promtool',
    'victoria-metrics',
    'vmalert',
    'chromium',
    'chromedriver',
  ]);
  await prepare();
  await runStages('test', selected);
});
