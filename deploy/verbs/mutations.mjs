// `npm run mutations [-- --quick [--ceilings] | --case NAME [--write FILE] | --only ID]`: what is said of inputs
// that are damaged as real installations damage them. Rewrites docs/mutations.md.

import { runMutations } from '../steps/checks.mjs';
import { runVerb } from '../steps/progress.mjs';

await runVerb((args) => runMutations(args));
