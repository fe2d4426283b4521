// Every incident that the matrix of screens shows: the demo's, the recorded engines', one simulated
// for each fault and each healthy variant, and a fleet.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { root } from '../../../../deploy/steps/process.mjs';

const demoFolder = path.join(root, 'tests/incidents/recordings');
const enginesFolder = path.join(root, 'tests/engines/recordings');

const unpacked = (file) => gunzipSync(readFileSync(file)).toString();

/** The demo's incidents: `{ id, read }`; `read` gives range responses as JSON texts. */
export function demoIncidents() {
  return readdirSync(demoFolder).map((file) => ({
    id: file.replace('.json.gz', ''),
    read: () => JSON.parse(unpacked(path.join(demoFolder, file))).responses.map(JSON.stringify),
  }));
}

/** Recordings of real engines. */
export function engineIncidents() {
  return readdirSync(enginesFolder).map((id) => ({
    id: `engine-${id}`,
    read: () => [unpacked(path.join(enginesFolder, id, 'response.json.gz'))],
  }));
}

/** An hour of two replicas; a fault comes after forty minutes, so that there is a baseline. */
const hour = ['--duration', '3600', '--interval', '15', '--format', 'response'];

/** What the simulator can do to an engine, one incident each, and forty replicas. */
export function simulatedIncidents(simulator) {
  const run = (id, ...selection) => ({
    id,
    read: () => [
      execFileSync(simulator, ['run', '--hardware', 'opt-13b-a100', ...hour, ...selection], {
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      }),
    ],
  });
  const lines = execFileSync(simulator, ['classes'], { encoding: 'utf8' }).trim().split('\n');
  const one = ([kind, name]) => {
    if (kind === 'healthy') return [run(`healthy-${name}`, '--replicas', '2', '--healthy', name)];
    const fault = ['--fault', name, '--severity', '0.7', '--onset', '2400', '--replicas', '2'];
    return kind === 'fault' ? [run(`fault-${name}`, ...fault)] : [];
  };
  const fleet = ['--fault', 'bad-replica', '--severity', '0.9', '--onset', '2400'];
  return [
    ...lines.flatMap((line) => one(line.split('\t'))),
    run('fleet-40-bad-replica', ...fleet, '--replicas', '40'),
  ];
}
