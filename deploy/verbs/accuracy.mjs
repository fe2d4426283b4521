// `npm run accuracy [-- --full] [-- --check | --case NAME | --seed N [--beside] | --presence |
// --page | --fit [--check]]`: how often the diagnosis is right, on simulated incidents with known
// truth. Rewrites docs/accuracy.md and docs/accuracy/; with --check compares with them instead.
// --fit rewrites the table of confidence in the core.

import { runAccuracy } from '../steps/checks.mjs';
import { runVerb } from '../steps/progress.mjs';

await runVerb((args) => runAccuracy(args));
