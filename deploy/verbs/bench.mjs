// `npm run bench`: every benchmark of tests/bench, one after the other; each prints its own table.

import path from 'node:path';

import { buildCommandLine } from '../steps/build.mjs';
import { filesBelow } from '../steps/files.mjs';
import { root, run } from '../steps/process.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';

await runVerb(() => {
  const benchmarks = filesBelow('tests/bench', (file) => file.endsWith('.bench.mjs'));
  return runStages('bench', [
    { id: 'program', title: 'command-line program with the release profile', run: buildCommandLine },
    ...benchmarks.map((file) => ({
      id: path.basename(file, '.bench.mjs'),
      title: path.relative(root, file),
      run: async () => run('node', [file], { env: { INFERENCE_TRIAGE: await buildCommandLine() } }),
    })),
  ]);
});
