// Running other programs: output passed through, failures as one sentence, children ended by id.

import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** An expected failure: its message is all a reader needs, so it is printed without a stack. */
export class Stop extends Error {}

/** Runs a program to its end with its output passed through. Throws [Stop] when it fails. */
export function run(command, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const line = [path.basename(command), ...args].join(' ');
    child.on('error', (error) =>
      reject(new Stop(`"${line}" could not be started: ${error.message}`)),
    );
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Stop(`"${line}" ended with ${signal ? `signal ${signal}` : `exit status ${code}`}`),
        );
    });
  });
}

/** The trimmed standard output of a program, or undefined when it is absent or fails. */
export function outputOf(command, args, { cwd = root } = {}) {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Ends a child process by its id and waits until it is gone. */
export async function end(child, graceMs = 5000) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}
