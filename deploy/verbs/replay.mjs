// `npm run replay`: answers the recordings of real engines and writes docs/recordings.md and, for
// other pages, docs/recordings.json.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { buildCommandLine } from '../steps/build.mjs';
import { readOptions } from '../steps/options.mjs';
import { root } from '../steps/process.mjs';
import { runVerb } from '../steps/progress.mjs';

await runVerb(async (args) => {
  readOptions(args, {}, 'npm run replay');
  process.env.INFERENCE_TRIAGE = await buildCommandLine();
  const { recordings, replay } = await import('../../tests/engines/replay.mjs');
  const { data, dataFile, page, pageFile } = await import('../../tests/engines/table.mjs');
  const rows = [];
  for (const [index, id] of recordings.entries()) {
    rows.push(...(await replay(id)));
    console.log(`${index + 1} of ${recordings.length}: ${id}`);
  }
  writeFileSync(path.join(root, pageFile), page(rows));
  writeFileSync(path.join(root, dataFile), data(rows));
  console.log(`written: ${pageFile}, ${dataFile}`);
});
