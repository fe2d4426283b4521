// The command-line program as a whole process: what it answers, how long it takes, and its peak of
// memory.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { program } from '../../live/program.mjs';

/** Milliseconds between two looks at the peak, which the kernel keeps until the process ends. */
const look = 5;

/**
 * Runs `diagnose` to its end: `{ status, report, stderr, wall, peak }`, milliseconds and bytes.
 * `input(write)` feeds its standard input; what it makes after the program has ended is dropped.
 */
export async function diagnose(args, input) {
  const started = performance.now();
  const child = spawn(program, ['diagnose', '--format', 'json', ...args]);
  let peak = 0;
  const timer = setInterval(() => (peak = peakOf(child.pid) ?? peak), look);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', (text) => (texts[name] += text));
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  child.stdin.on('error', () => {});
  if (input) await input((text) => fed(child, text));
  child.stdin.end();
  const status = await ended;
  clearInterval(timer);
  const wall = performance.now() - started;
  const report = texts.stdout.startsWith('{') ? JSON.parse(texts.stdout) : undefined;
  return { status, report, stderr: texts.stderr, wall, peak };
}

/** Whether the program still reads. */
function fed({ stdin }, text) {
  if (stdin.destroyed || stdin.errored) return false;
  return new Promise((resolve) => stdin.write(text, (error) => resolve(!error)));
}

/** Most bytes that a process ever had in memory; nothing once it has ended. */
function peakOf(pid) {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
