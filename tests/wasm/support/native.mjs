// The command-line program on the same input.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The report that the native program prints for saved responses, without the line end that closes its output. */
export function nativeReport(program, responses, args = []) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-wasm-'));
  try {
    const files = responses.map((bytes, index) => {
      const file = path.join(folder, `${index}.json`);
      writeFileSync(file, bytes);
      return file;
    });
    const inputs = files.flatMap((file) => ['--response', file]);
    const { stdout, stderr, status } = spawnSync(program, ['diagnose', ...inputs, '--format', 'json', ...args], {
      maxBuffer: 64 * 1024 * 1024,
    });
    // 0, 1 and 2 are the exit statuses of a report; anything else is an error.
    if (![0, 1, 2].includes(status)) throw new Error(`the native program ended with ${status}: ${stderr}`);
    return stdout.at(-1) === 0x0a ? stdout.subarray(0, -1) : stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
