// `npm run size`: what a browser loads, against the budgets. Measures the last build.

import { runVerb } from '../steps/progress.mjs';
import { checkSizes } from '../steps/sizes.mjs';

await runVerb(() => checkSizes());
