// `npm run size`: what a browser loads, against the budgets.

import { buildShipped } from '../steps/hosts.mjs';
import { readOptions } from '../steps/options.mjs';
import { runVerb } from '../steps/progress.mjs';
import { checkSizes } from '../steps/sizes.mjs';

await runVerb(async (args) => {
  readOptions(args, {}, 'npm run size');
  await buildShipped();
  checkSizes();
});
