// `npm run build`: the command-line program, the wasm module and every front-end package.

import { buildCommandLine, buildFrontend, prepare } from '../steps/build.mjs';
import { readOptions } from '../steps/options.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';

await runVerb((args) => {
  readOptions(args, {}, 'npm run build');
  return runStages('build', [
    { id: 'prepare', title: 'compilers and packages', run: prepare },
    { id: 'program', title: 'command-line program', run: buildCommandLine },
    { id: 'front end', title: 'wasm, engine, view, portal and the demo page', run: buildFrontend },
  ]);
});
