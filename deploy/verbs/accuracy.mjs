// `npm run accuracy [-- --full] [-- --check | --case NAME]`: how often the diagnosis is right, on simulated incidents with
// known truth. Rewrites docs/accuracy.md and docs/accuracy/; with --check compares with them instead.

import { run } from '../steps/process.mjs';
import { runVerb } from '../steps/progress.mjs';

await runVerb((args) =>
  run('cargo', ['run', '--release', '--quiet', '--package', 'inference-triage-accuracy', '--', ...args]),
);
