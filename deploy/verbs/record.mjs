// `npm run record -- --incident ID [--engine vllm==0.20.1] [--seed TEXT] [--out FOLDER]
// [--engines-folder FOLDER] [--keep] | --list`: a real engine, real traffic and a real Prometheus
// on this machine, kept as a recording with its truth.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { readOptions } from '../steps/options.mjs';
import { root, Stop } from '../steps/process.mjs';
import { runVerb } from '../steps/progress.mjs';
import { announce } from '../steps/record/announce.mjs';
import { defaultEngine, readEngine } from '../steps/record/engine-versions.mjs';
import { incidentIds, readIncident } from '../steps/record/incident-file.mjs';
import {
  defaultEnginesFolder,
  installEngine,
  isInstalled,
  placesOf,
} from '../steps/record/install-engine.mjs';
import { record, writeRecording } from '../steps/record/recording.mjs';
import { Running } from '../steps/record/running.mjs';
import { recordingId } from '../steps/record/truth.mjs';
import { requireTools } from '../steps/tools.mjs';

const usage =
  'npm run record -- --incident ID [--engine vllm==0.20.1] [--seed TEXT] [--out FOLDER] ' +
  '[--engines-folder FOLDER] [--keep], or npm run record -- --list';

await runVerb(async (args) => {
  const options = readOptions(
    args,
    {
      engine: { type: 'string', default: defaultEngine },
      incident: { type: 'string' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: path.join(root, 'tests/engines/recordings') },
      'engines-folder': { type: 'string', default: defaultEnginesFolder() },
      keep: { type: 'boolean' },
      list: { type: 'boolean' },
    },
    usage,
  );
  if (options.list) return list();
  if (options.incident === undefined) throw new Stop(`--incident is missing. Usage: ${usage}`);
  const engine = readEngine(options.engine);
  const incident = readIncident(options.incident);
  const folder = options['engines-folder'];
  const out = path.resolve(options.out, recordingId(incident, engine));
  requireTools(['python3', 'prometheus', 'promtool']);
  announce({ incident, engine, folder, out });
  if (!isInstalled(engine, folder)) say('installing');
  await installEngine(engine, folder);

  const log = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-record-'));
  const places = placesOf(engine, folder);
  const running = new Running();
  const asked = askedToEnd();
  let kept = true;
  try {
    const settings = { engine, places, seed: `${incident.id} ${options.seed}`, running, log, say };
    const recording = await Promise.race([record(incident, settings), asked]);
    writeRecording(out, recording);
    say(`${path.relative(root, out)} is written`);
    kept = Boolean(options.keep);
  } finally {
    await running.stop();
    if (kept) console.log(`the engine's logs are in ${log}`);
    else rmSync(log, { recursive: true, force: true });
  }
});

function list() {
  for (const id of incidentIds()) console.log(`${id.padEnd(28)} ${readIncident(id).title}`);
}

function say(line) {
  console.log(`${new Date().toTimeString().slice(0, 8)} ${line}`);
}

/** Fails on Ctrl-C or on a request to end. */
function askedToEnd() {
  return new Promise((_, reject) => {
    const onSignal = () => reject(new Stop('stopped before the recording was whole: none is kept'));
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
  });
}
