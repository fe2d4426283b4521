// `npm run twins [-- --case ID | --renew]`: lays the recordings of real engines beside simulated
// twins. Rewrites docs/twins.md; with --renew also tests/twins/misfits.json.

import { runTwins } from '../steps/checks.mjs';
import { runVerb } from '../steps/progress.mjs';

await runVerb((args) => runTwins(args));
