// `npm run fuzz`: the scanner of Prometheus responses against a second reader, and what it reads in
// pieces against the whole, on bytes that a fuzzer makes up. Each gets half of the time.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { readDuration, readOptions } from '../steps/options.mjs';
import { outputOf, root, run, Stop } from '../steps/process.mjs';
import { runVerb } from '../steps/progress.mjs';
import { requireTools } from '../steps/tools.mjs';

const usage = 'npm run fuzz -- [--time 10m]';
/** Responses longer than this repeat what shorter ones have shown. */
const longestResponse = 4096;

const targets = ['scanner', 'pieces'];

const folder = path.join(root, 'tests/fuzz');

function requireFuzzer() {
  requireTools(['cargo']);
  if (outputOf('cargo', ['fuzz', '--version'])) return;
  throw new Stop('cargo-fuzz is missing: cargo install cargo-fuzz');
}

await runVerb(async (args) => {
  const { time } = readOptions(args, { time: { type: 'string', default: '10m' } }, usage);
  const seconds = Math.ceil(readDuration(time) / 1000 / targets.length);
  requireFuzzer();
  for (const target of targets) {
    const found = path.join(folder, 'found', target);
    mkdirSync(found, { recursive: true });
    // Without a sanitizer it needs no nightly toolchain; there is no unsafe code for one to watch.
    const fuzzer = [
      'fuzz',
      'run',
      '--fuzz-dir',
      '.',
      '--sanitizer',
      'none',
      target,
      found,
      'corpus/scanner',
      '--',
    ];
    const limits = [
      `-max_total_time=${seconds}`,
      `-max_len=${longestResponse}`,
      '-print_final_stats=1',
    ];
    await run('cargo', [...fuzzer, ...limits], { cwd: folder });
  }
});
