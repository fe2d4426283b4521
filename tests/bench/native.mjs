// The stages as a native program, timed one at a time so that they can take turns with contestants
// elsewhere.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { end, run } from '../../deploy/steps/process.mjs';
import { targetFolder } from '../../deploy/steps/rust.mjs';

/** Builds the program with the release profile. */
export async function buildNative() {
  const crate = 'inference-triage-mathematics-bench';
  await run('cargo', ['build', '--release', '--package', crate, '--bin', 'native']);
}

/** Starts it; `time(name)` answers milliseconds, `run(name)` also what came out. */
export function startNative(args) {
  const program = path.join(targetFolder(), 'release/native');
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (name) => {
    child.stdin.write(`${name}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`the native program ended at "${name}"`);
    const [ms, result] = value.split(' ').map(Number);
    return { ms, result };
  };
  return { run: ask, time: async (name) => (await ask(name)).ms, stop: () => end(child) };
}
