// One recording from the first process to the last file.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { Stop } from '../process.mjs';
import { freePort, startPrometheus } from '../prometheus.mjs';
import { Engine } from './engine.mjs';
import { carryOut } from './events.mjs';
import { lengthOf } from './incident-file.mjs';
import { startLoad } from './load.mjs';
import { now } from './request.mjs';
import { seriesOf } from './series.mjs';
import { truthOf } from './truth.mjs';

/** Seconds between two scrapes: a recording of minutes needs more than one a quarter minute. */
const scrapeInterval = 5;

/** Traffic before the recording begins, so that first-use costs and births of series are past. */
const warmUp = [
  {
    until: 12,
    streams: [{ kind: 'closed', n: 2, prompt: [20, 200], output: [10, 40] }],
  },
];

/**
 * Records an incident. `running` is a `Running` that keeps what has to be stopped; `log` is a folder for
 * the engines' logs; `say` takes one line of progress. Returns `{ truth, lines, series }`.
 */
export async function record(incident, { engine, places, seed, running, log, say }) {
  say(`starting ${incident.replicas.length === 1 ? 'the engine' : 'the engines'}`);
  const engines = await startEngines(incident, { places, running, log });
  const prometheus = await startPrometheus({
    targets: engines.map(({ address }) => ({ address, job: 'vllm', labels: {} })),
    interval: `${scrapeInterval}s`,
    ownGroup: true,
  });
  await running.keep(prometheus);
  const ports = engines.map(({ port }) => port);
  say('warming up');
  await drive({ ports, traffic: warmUp, seed: `${seed} warm` }, running);
  await elapsed(2 * scrapeInterval * 1000);

  const load = await startLoad();
  await running.keep(load);
  const begun = Math.ceil(now() * 10) / 10;
  const end = begun + lengthOf(incident);
  const notes = [];
  const sent = load.begin({ ports, traffic: incident.traffic, seed, start: begun });
  const context = contextOf({ incident, engines, load, begun, end, notes });
  const progress = reportProgress(begun, end, say);
  const befallen = carryOut(incident.events, context);
  try {
    const { records, late } = await Promise.race([sent, neverOrFailure(befallen)]);
    // What is still under way, a start for instance, ends with its engine.
    await Promise.race([befallen, elapsed(1000)]);
    say('fetching the series');
    // The last scrape of the range may still be on its way.
    await elapsed(1000);
    const series = await seriesOf(prometheus, { start: begun, end, step: scrapeInterval });
    const lines = records.toSorted((a, b) => a[0] - b[0]);
    const boot = engines[0].bootLines();
    const loadavg = os.loadavg();
    const facts = { engine, start: begun, end, events: notes, boot, lines, late, loadavg };
    return { truth: truthOf(incident, facts), lines, series };
  } finally {
    clearInterval(progress);
  }
}

async function startEngines(incident, { places, running, log }) {
  const engines = [];
  for (const [replica, flags] of incident.replicas.entries()) {
    const file = path.join(log, `engine-${replica}.log`);
    const engine = new Engine({ places, port: await freePort(), replica, log: file });
    const onExit = () => engine.kill();
    process.once('exit', onExit);
    await running.keep({
      async stop() {
        await engine.stop();
        process.removeListener('exit', onExit);
      },
    });
    // One after the other: each keeps all cores busy while it starts.
    await engine.start(flags);
    engines.push(engine);
  }
  return engines;
}

async function drive(options, running) {
  const load = await startLoad();
  await running.keep(load);
  const { records } = await load.begin({ ...options, start: now() });
  if (!records.some(([, status]) => status === 200)) {
    throw new Stop('the engine answered no request of the warm-up; its log says why');
  }
}

function contextOf({ incident, engines, load, begun, end, notes }) {
  const tenths = () => Math.round(now() * 10) / 10;
  const over = () => now() >= end;
  return {
    engines,
    begun,
    over,
    note: (name, details = [], pids) =>
      notes.push([tenths(), name, details, ...(pids ? [pids] : [])]),
    until: (moment) => elapsed(Math.max(0, Math.min(moment, end) - now()) * 1000),
    route: load.route,
    open: load.open,
    start: (replica, flags) => engines[replica].start(flags ?? incident.replicas[replica]),
  };
}

/** Fails when the promise fails; a success says nothing. */
const neverOrFailure = (promise) => new Promise((_, reject) => promise.catch(reject));

function reportProgress(begun, end, say) {
  const clock = (seconds) => {
    const whole = Math.max(0, Math.round(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
  };
  const every = 10_000;
  return setInterval(
    () => say(`recording ${clock(now() - begun)} of ${clock(end - begun)}`),
    every,
  );
}

/** Writes a recording's files into `folder`, in place of those of an older one. */
export function writeRecording(folder, { truth, lines, series }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name, content) => writeFileSync(path.join(folder, name), content);
  const pack = (text) => gzipSync(text, { level: 9 });
  write('truth.json', `${JSON.stringify(truth, null, 1)}\n`);
  write('client.jsonl.gz', pack(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  write('response.json.gz', pack(JSON.stringify(series)));
}
