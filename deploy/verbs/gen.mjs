// `npm run gen [-- --check | --record | --picture]`: generated files; with --record the demo's
// incidents from a real Prometheus, with --picture the README's picture from the demo page.

import { prepare } from '../steps/build.mjs';
import { generate } from '../steps/checks.mjs';
import { readOptions } from '../steps/options.mjs';
import { drawPicture } from '../steps/picture.mjs';
import { runVerb } from '../steps/progress.mjs';
import { recordIncidents } from '../steps/record-incidents.mjs';

await runVerb(async (args) => {
  const options = {
    check: { type: 'boolean' },
    record: { type: 'boolean' },
    picture: { type: 'boolean' },
  };
  const { check, record, picture } = readOptions(
    args,
    options,
    'npm run gen -- [--check | --record | --picture]',
  );
  if (record) return recordIncidents();
  await prepare();
  if (picture) return drawPicture();
  return generate({ check });
});
