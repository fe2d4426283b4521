// `npm run bench`: every benchmark of tests/bench, one after the other; each prints its own table.

import { buildCommandLine, buildFrontend } from '../steps/build.mjs';
import { run } from '../steps/process.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';
import { requireTools } from '../steps/tools.mjs';

const savedResponse = 'tests/bench/saved-response.bench.mjs';
const brush = 'tests/bench/brush.bench.mjs';
const scanner = 'tests/bench/scanner.bench.mjs';

await runVerb(() =>
  runStages('bench', [
    { id: 'program', title: 'command-line program with the release profile', run: buildCommandLine },
    {
      id: 'saved-response',
      title: savedResponse,
      run: async () => run('node', [savedResponse], { env: { INFERENCE_TRIAGE: await buildCommandLine() } }),
    },
    {
      id: 'scanner',
      title: `${scanner}, in a browser and in Node`,
      run: async () => {
        requireTools(['chromium']);
        await run('node', [scanner]);
      },
    },
    {
      id: 'brush',
      title: `${brush}, in a browser`,
      run: async () => {
        requireTools(['chromium']);
        await buildFrontend();
        await run('node', [brush]);
      },
    },
  ]),
);
