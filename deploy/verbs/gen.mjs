// `npm run gen [-- --check] [-- --record]`: generated files; with --record, the demo's incidents from a real Prometheus.

import { prepare } from '../steps/build.mjs';
import { generate } from '../steps/checks.mjs';
import { readOptions } from '../steps/options.mjs';
import { runVerb } from '../steps/progress.mjs';
import { recordIncidents } from '../steps/record-incidents.mjs';

await runVerb(async (args) => {
  const options = { check: { type: 'boolean' }, record: { type: 'boolean' } };
  const { check, record } = readOptions(args, options, 'npm run gen -- [--check | --record]');
  if (record) return recordIncidents();
  await prepare();
  return generate({ check });
});
