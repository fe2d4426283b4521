// Runs the command-line program as a person would, and reads its answer.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { targetFolder } from '../../deploy/steps/rust.mjs';

/** Exit statuses of the program. */
export const exit = {
  healthy: 0,
  finding: 1,
  cannotTell: 2,
  usage: 64,
  badData: 65,
  unreachable: 69,
};

/** The program's path: the one that was named, else the newest build. */
export const program = process.env.INFERENCE_TRIAGE ?? newestBuild();

function newestBuild() {
  const builds = ['release', 'debug'].map((profile) =>
    path.join(targetFolder(), profile, 'inference-triage'),
  );
  const [newest] = builds
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!newest)
    throw new Error('the program is not built: cargo build --release --package inference-triage');
  return newest;
}

/**
 * Runs the program to its end: `{ status, stdout, stderr }`; `limit` is the shell's, e.g. `-v
 * 2000000` (kB).
 */
export function runProgram(args, { limit } = {}) {
  return new Promise((resolve, reject) => {
    const [command, parameters] = limit
      ? ['sh', ['-c', `ulimit ${limit}; exec "$0" "$@"`, program, ...args]]
      : [program, args];
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status: status ?? signal, stdout, stderr }));
  });
}

/** Runs `diagnose` with JSON output; `report` is absent when the program refused its input. */
export async function diagnose(args, options) {
  const answer = await runProgram(['diagnose', '--format', 'json', ...args], options);
  return {
    ...answer,
    report: answer.stdout.startsWith('{') ? JSON.parse(answer.stdout) : undefined,
  };
}

/** Runs `diagnose --response` on files with these contents (bytes, text, or an object for JSON). */
export function diagnoseResponses(contents, args = []) {
  return withFiles(contents, (files) => diagnose(['--response', ...files, ...args]));
}

/** The same as text for people. */
export function printResponses(contents, args = []) {
  return withFiles(contents, (files) => runProgram(['diagnose', '--response', ...files, ...args]));
}

async function withFiles(contents, use) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-response-'));
  try {
    const files = contents.map((content, index) => {
      const file = path.join(folder, `response-${index}.json`);
      const isRaw = typeof content === 'string' || content instanceof Uint8Array;
      writeFileSync(file, isRaw ? content : JSON.stringify(content));
      return file;
    });
    return await use(files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Series as the answer to one range query. */
export function matrix(series) {
  return { status: 'success', data: { resultType: 'matrix', result: series } };
}

/** The finding of one rule. */
export function finding(report, id) {
  return report.findings.find((candidate) => candidate.id === id);
}

/** The quantile `q` of a signal. */
export function quantile(report, signal, q = 0.95) {
  return report.signals[signal]?.quantiles.find((candidate) => candidate.q === q);
}
