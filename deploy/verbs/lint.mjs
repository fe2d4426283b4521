// `npm run lint`: formatting, lints and types of both languages.

import { buildFrontend, prepare } from '../steps/build.mjs';
import { checkTypes, lintRust, lintScripts } from '../steps/checks.mjs';
import { readOptions } from '../steps/options.mjs';
import { runStages, runVerb } from '../steps/progress.mjs';

await runVerb((args) => {
  readOptions(args, {}, 'npm run lint');
  return runStages('lint', [
    { id: 'prepare', title: 'compilers and packages', run: prepare },
    { id: 'rust', title: 'rustfmt, clippy natively and for wasm', run: lintRust },
    { id: 'scripts', title: 'eslint, prettier', run: lintScripts },
    { id: 'front end', title: 'builds, because types are read from them', run: buildFrontend },
    { id: 'types', title: 'tsc', run: checkTypes },
  ]);
});
