// The recorded incident as an engine that runs now, for the server of frontend/grafana/docker-compose.yaml.
//
//   node deploy/steps/grafana-exporter.mjs --past FOLDER                writes the minutes before now, for promtool
//   node deploy/steps/grafana-exporter.mjs --past FOLDER --port 9101    goes on from there, one exposition a scrape

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

import { onsetSeries } from './incidents.mjs';
import { toOpenMetrics } from './openmetrics.mjs';
import { readDuration, readOptions } from './options.mjs';
import { Stop } from './process.mjs';
import { runVerb } from './progress.mjs';
import { Recording } from './replay-exporter.mjs';

const usage = 'node deploy/steps/grafana-exporter.mjs --past FOLDER [--from 40m] [--port 9101]';

await runVerb(async (args) => {
  const text = { type: 'string' };
  const { past, from = '40m', port } = readOptions(args, { past: text, from: text, port: text }, usage);
  if (!past) throw new Stop(`--past is missing\nUsage: ${usage}`);
  const recording = new Recording(onsetSeries());
  if (port === undefined) return writePast(recording, past, readDuration(from) / 1000);
  return serve(recording, readStart(past), Number(port));
});

/** The recording up to `elapsed` seconds as samples that end now, and the time at which it then began. */
function writePast(recording, folder, elapsed) {
  const now = Date.now() / 1000;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'past.openmetrics'), toOpenMetrics(recording.history(elapsed, now)));
  writeFileSync(path.join(folder, 'began'), String(now - elapsed));
}

function readStart(folder) {
  const file = path.join(folder, 'began');
  if (!existsSync(file)) throw new Stop(`${file} is missing: write the past first, without --port`);
  return Number(readFileSync(file, 'utf8'));
}

/** Answers until the process is asked to end; on the loopback address, which Prometheus shares. */
async function serve(recording, began, port) {
  const type = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end('only /metrics is served here\n');
    return response.writeHead(200, type).end(recording.exposition(Date.now() / 1000 - began, began));
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
}
