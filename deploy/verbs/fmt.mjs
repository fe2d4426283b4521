// `npm run fmt`: rewrites every file in its language's format.

import { prepare } from '../steps/build.mjs';
import { format } from '../steps/checks.mjs';
import { readOptions } from '../steps/options.mjs';
import { runVerb } from '../steps/progress.mjs';

await runVerb(async (args) => {
  readOptions(args, {}, 'npm run fmt');
  await prepare();
  await format();
});
