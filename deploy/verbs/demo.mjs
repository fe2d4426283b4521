// `npm run demo [-- --live [--incident ID]] [--no-open] [--for 60s]`: the demo page on a loopback
// port until Ctrl-C.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';

import { buildDemo, demoFolder } from '../steps/build.mjs';
import { onsetSeries, scrapeLabels } from '../steps/incidents.mjs';
import { toOpenMetrics } from '../steps/openmetrics.mjs';
import { readDuration, readOptions } from '../steps/options.mjs';
import { root, Stop } from '../steps/process.mjs';
import { runVerb } from '../steps/progress.mjs';
import { startPrometheus } from '../steps/prometheus.mjs';
import { Recording, startExporter } from '../steps/replay-exporter.mjs';
import { buildSimulator, historyOf, requireIncident, startSimulator } from '../steps/simulator.mjs';
import { startStaticServer } from '../steps/static-server.mjs';
import { requireTools } from '../steps/tools.mjs';

const usage = 'npm run demo -- [--live [--incident ID] [--from 40m]] [--no-open] [--for 60s]';

/** The record is an hour long; its fault begins at minute 32. */
const recordedPosition = '40m';

/** A simulated incident takes half an hour; its fault begins in the middle. */
const simulatedPosition = '22m';

await runVerb(async (args) => {
  const options = readOptions(
    args,
    {
      live: { type: 'boolean' },
      incident: { type: 'string' },
      from: { type: 'string' },
      'no-open': { type: 'boolean' },
      for: { type: 'string' },
    },
    usage,
  );
  if (options.incident !== undefined && !options.live)
    throw new Stop(`--incident needs --live. Usage: ${usage}`);
  const limit = options.for === undefined ? undefined : readDuration(options.for);
  const position =
    readDuration(options.from ?? (options.incident ? simulatedPosition : recordedPosition)) / 1000;
  if (options.live) requireTools(['prometheus', 'promtool']);
  const simulator = options.incident === undefined ? undefined : await buildSimulator();
  if (simulator) requireIncident(simulator, options.incident);
  await buildDemo();

  // Listened for before anything is started: a Ctrl-C while Prometheus comes up must leave nothing
  // behind.
  const asked = askedToEnd();
  const running = [];
  try {
    const past = simulator
      ? await startSimulated(simulator, options.incident, position, running)
      : options.live && (await startRecorded(position, running));
    const live = options.live ? await startScraping(past, running) : undefined;
    const server = await startStaticServer(path.join(root, demoFolder), {
      prometheusUrl: live?.url,
    });
    running.push(server);
    const url = options.live ? `${server.url}?url=/prometheus&range=1h&refresh=15s` : server.url;
    console.log(`\nThe demo is at ${url}\nCtrl-C stops it.`);
    if (!options['no-open']) open(url);
    await Promise.race(
      limit === undefined ? [asked] : [asked, elapsed(limit, undefined, { ref: false })],
    );
  } finally {
    for (const part of running.reverse()) await part.stop();
  }
});

/** The recorded engine in the middle of its incident. */
async function startRecorded(position, running) {
  const recording = new Recording(onsetSeries());
  const now = Date.now() / 1000;
  const began = now - position;
  const exporter = await startExporter(() =>
    recording.exposition(Date.now() / 1000 - began, began),
  );
  running.push(exporter);
  return {
    targets: [
      {
        address: exporter.address,
        job: scrapeLabels.job,
        labels: { instance: scrapeLabels.instance },
      },
    ],
    history: toOpenMetrics(recording.history(position, now)),
  };
}

/** Simulated engines in the middle of theirs. */
async function startSimulated(simulator, incident, position, running) {
  const start = Math.floor(Date.now() / 1000) - position;
  const exporters = await startSimulator(simulator, incident, { start, elapsed: position });
  running.push(exporters);
  return {
    targets: exporters.targets,
    history: historyOf(simulator, incident, { start, until: position }),
  };
}

/** A real Prometheus that knows the past and scrapes the present every 15 s. */
async function startScraping({ targets, history }, running) {
  const prometheus = await startPrometheus({ targets, interval: '15s', backfill: history });
  running.push(prometheus);
  const exporters = targets.map(({ address }) => `http://${address}/metrics`).join(', ');
  console.log(`exporter ${exporters}, Prometheus ${prometheus.url}`);
  return prometheus;
}

function open(url) {
  const hasScreen =
    process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasScreen) return;
  const opener = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], {
    stdio: 'ignore',
    detached: true,
  });
  opener.on('error', () => console.log('no browser could be opened; follow the address above'));
  opener.unref();
}

/** Resolves on Ctrl-C or on a request to end. */
function askedToEnd() {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
