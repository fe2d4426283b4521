// The command-line program on the same input.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * What the native program makes of settings and responses: `{ report }`, the bytes it prints
 * without the line end that closes them, or `{ refusal }`, its sentence. Both travel in an incident
 * capsule, which keeps the responses' bytes.
 */
export function diagnoseNatively(program, { settings, responses }) {
  const capsule = `{"schema":1,"settings":${JSON.stringify(settings)},"responses":[${responses.map(text).join(',')}]}`;
  return inFolder((folder) => {
    const file = path.join(folder, 'capsule.json');
    writeFileSync(file, capsule);
    return run(program, ['diagnose', '--capsule', file, '--format', 'json']);
  });
}

/** The same from a saved response, with default settings. */
export function diagnoseSaved(program, response) {
  return inFolder((folder) => {
    const file = path.join(folder, 'response.json');
    writeFileSync(file, response);
    return run(program, ['diagnose', '--response', file, '--format', 'json']);
  });
}

function inFolder(work) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-wasm-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program, args) {
  const { stdout, stderr, status, error } = spawnSync(program, args, {
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  // 0, 1 and 2 come with a report, 64 and 65 with a sentence about the input; anything else is a
  // fault of the program.
  if ([0, 1, 2].includes(status))
    return { report: text(stdout.at(-1) === 0x0a ? stdout.subarray(0, -1) : stdout) };
  if ([64, 65].includes(status)) return { refusal: text(stderr) };
  throw new Error(`the native program ended with ${status}: ${text(stderr)}`);
}

function text(bytes) {
  return new TextDecoder().decode(bytes);
}
