// `npm run size`: what a browser loads, against the budgets.

import { buildShipped } from '../steps/hosts.mjs';
import { runVerb } from '../steps/progress.mjs';
import { checkSizes } from '../steps/sizes.mjs';

await runVerb(async () => {
  await buildShipped();
  checkSizes();
});
