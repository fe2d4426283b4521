// The simulator as the live tests run it: the newest build, or one that the environment names.

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

import { run } from '../../deploy/steps/process.mjs';
import { targetFolder } from '../../deploy/steps/rust.mjs';

/** Path of the program; built first where there is none. */
export async function newestSimulator() {
  const newest = () =>
    ['release', 'debug']
      .map((profile) => path.join(targetFolder(), profile, 'simulator'))
      .filter(existsSync)
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (process.env.SIMULATOR) return process.env.SIMULATOR;
  if (!newest()) await run('cargo', ['build', '--package', 'inference-triage-simulator', '--bins']);
  return newest();
}
