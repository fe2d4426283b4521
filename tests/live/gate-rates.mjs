// How often `gate deploy` fails a deployment: the simulator changes only the work, or nothing, or
// breaks something at the moment of the deployment. `node tests/live/gate-rates.mjs [SEEDS]` prints
// the tables of docs/gate.md; the test takes a few of the cases.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { runProgram } from './program.mjs';
import { newestSimulator } from './simulated.mjs';

const start = 1_790_000_000;
const duration = 3600;
/** The deployment; its first minutes are in neither window. */
const onset = 1800;
const windows = [
  ['--before', `${start + 600}..${start + onset - 30}`],
  ['--after', `${start + onset + 180}..${start + duration - 30}`],
].flat();

export const hardware = [
  'llama-3.1-8b-2xh100',
  'opt-13b-a100',
  'llama-3.1-8b-a100',
  'llama-3.1-8b-h100',
  'llama-3.1-70b-4xh100',
  'gemma-l40s',
];

/** Only the requests change: more of them, longer ones, fewer. */
export const work = [
  'long-prompts',
  'runaway-outputs',
  'load-above-capacity',
  'long-context-decode',
  'batch-growth',
  'burst',
  'upstream-starvation',
];

/** Nothing is deployed that matters; traffic does what traffic does. */
export const healthy = ['plain', 'workload-shift', 'bursts', 'ramp', 'no-shared-prefixes'];

/** What a deployment breaks and what lasts: a simulated hang is over before the later window. */
export const broken = [
  'slot-cap',
  'slow-decode',
  'token-budget',
  'front-end-cpu',
  'error-burst',
  'host-bound',
  'kv-thrash',
  'admission-rejected',
  'client-aborts',
  'interconnect-degraded',
];

const simulate = promisify(execFile);

/** The answer of the gate for one simulated deployment. */
export async function gate(selection, seed, folder) {
  const file = await simulated(selection, seed, folder, 'response.json');
  return judged(['--response', file, ...windows]);
}

/** The answer of the gate for two simulated deployments beside each other. */
export async function gateBeside(stays, comes, folder) {
  const other = await simulated(stays, 1, folder, 'stays.json');
  const file = await simulated(comes, 2, folder, 'comes.json');
  return judged(['--response', file, '--stays-response', other, ...windows.slice(2)]);
}

async function simulated(selection, seed, folder, name) {
  const file = path.join(folder, name);
  const options = { '--duration': duration, '--seed': seed, '--start': start, '--out': file };
  const flags = Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
  const simulator = await newestSimulator();
  await simulate(simulator, ['run', ...selection, '--format', 'response', ...flags]);
  return file;
}

async function judged(args) {
  const answer = await runProgram(['gate', 'deploy', ...args, '--format', 'json']);
  const { status, stdout, stderr } = answer;
  if (stderr) throw new Error(stderr);
  return { status, ...JSON.parse(stdout) };
}

/** The flags that select a class on a machine. */
export function fault(name, on, severity) {
  const flags = ['--severity', String(severity), '--onset', String(onset)];
  return ['--hardware', on, '--fault', name, ...flags];
}

/** The flags that select a healthy variant on a machine. */
export function variant(name, on) {
  return ['--hardware', on, '--healthy', name];
}

async function main(seeds) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-gate-'));
  const groups = [
    ['only the work changes', work, (name, on) => [0.3, 0.7].map((s) => fault(name, on, s))],
    ['nothing is broken', healthy, (name, on) => [variant(name, on)]],
    ['something is broken', broken, (name, on) => [0.3, 0.7].map((s) => fault(name, on, s))],
  ];
  try {
    for (const [title, names, selections] of groups) {
      console.log(
        `\n| ${title} | deployments | PASS | INCONCLUSIVE | FAIL |\n|---|---|---|---|---|`,
      );
      const all = [0, 0, 0];
      for (const name of names) {
        const outcomes = [0, 0, 0];
        for (const on of hardware) {
          for (const selection of selections(name, on)) {
            for (let seed = 1; seed <= seeds; seed++) {
              const { outcome, summary } = await gate(selection, seed, folder);
              const at = ['pass', 'inconclusive', 'fail'].indexOf(outcome);
              outcomes[at] += 1;
              all[at] += 1;
              console.error(`${outcome} ${selection.slice(1).join(' ')} ${seed}: ${summary}`);
            }
          }
        }
        console.log(`| ${name} | ${outcomes.reduce((a, b) => a + b)} | ${outcomes.join(' | ')} |`);
      }
      console.log(`| all | ${all.reduce((a, b) => a + b)} | ${all.join(' | ')} |`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  await main(Number(process.argv[2] ?? 1));
