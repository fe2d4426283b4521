// The simulator of engines as a program: its incidents as history for a real Prometheus, and live
// for it to scrape.

import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';

import { end, run, Stop } from './process.mjs';
import { targetFolder } from './rust.mjs';

const readyWithinMs = 60_000;

/** Builds the simulator with the release profile and returns its path. */
export async function buildSimulator() {
  await run('cargo', [
    'build',
    '--release',
    '--package',
    'inference-triage-simulator',
    '--bin',
    'simulator',
  ]);
  return path.join(targetFolder(), 'release/simulator');
}

/** The named incidents as `[{ id, title }]`. */
export function incidentsOf(program) {
  const lines = execFileSync(program, ['incidents'], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [id, title] = line.split('\t');
    return { id, title };
  });
}

/** Stops with the names that exist where there is no such incident. */
export function requireIncident(program, id) {
  const known = incidentsOf(program);
  if (known.some((incident) => incident.id === id)) return;
  throw new Stop(
    `there is no incident "${id}"; there are: ${known.map((incident) => incident.id).join(', ')}`,
  );
}

/**
 * What Prometheus would have scraped every 15 s of the first `until` seconds, as OpenMetrics text;
 * begins at `start`.
 */
export function historyOf(program, incident, { start, until }) {
  const selection = ['--incident', incident, '--start', String(start), '--until', String(until)];
  return execFileSync(
    program,
    ['run', ...selection, '--interval', '15', '--format', 'open-metrics'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  );
}

/**
 * Serves the incident from `elapsed` seconds after its `start` on, in real time. Resolves to what
 * there is to scrape, `[{ address, job, labels }]`, and a `stop()`.
 */
export async function startSimulator(program, incident, { start, elapsed }) {
  const moment = ['--start', String(start), '--elapsed', String(elapsed)];
  const child = spawn(program, ['serve', '--incident', incident, ...moment, '--exit-with-stdin'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { targets } = JSON.parse(await firstLine(child));
  return { targets, stop: () => end(child) };
}

/** The line that a simulator prints once it listens. */
export function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    let errors = '';
    const late = setTimeout(
      () => reject(new Stop('the simulator did not start within a minute')),
      readyWithinMs,
    );
    child.stderr?.setEncoding('utf8').on('data', (part) => (errors += part));
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (!text.includes('\n')) return;
      clearTimeout(late);
      resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('close', (status) => {
      clearTimeout(late);
      reject(new Stop(`the simulator ended with status ${status}: ${errors.trim()}`));
    });
  });
}
