// A real VictoriaMetrics on a loopback port, and vmalert as its ruler, each with its own temporary
// folder, ended by its process id.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { end, Stop } from './process.mjs';
import { configuration, freePort, queriesOf } from './prometheus.mjs';
import { requireTools } from './tools.mjs';

const readyWithinMs = 30_000;
/** VictoriaMetrics' own interface takes samples in this form, with times in milliseconds. */
const importPath = '/api/v1/import/prometheus';
/** Bytes of one import; a request holds at most a few lines more. */
const importBytes = 8_000_000;

/**
 * Starts a server and waits until it answers: `targets` and `interval` as for `startPrometheus`,
 * `backfill` OpenMetrics text with time stamps in seconds. No answer is remembered, and no sample
 * is hidden as too new.
 */
export async function startVictoriaMetrics({ targets = [], interval = '1s', backfill } = {}) {
  const { 'victoria-metrics': program } = requireTools(['victoria-metrics']);
  const server = await launch(program, 'victoria-metrics', (folder, port) => {
    const scraped = path.join(folder, 'scrape.yml');
    writeFileSync(scraped, configuration(targets, interval));
    return [
      `-storageDataPath=${path.join(folder, 'data')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      `-promscrape.config=${scraped}`,
      // Samples may be of any age, and two that are a moment apart are two.
      ...['-retentionPeriod=100y', '-search.latencyOffset=0s', '-search.disableCache'],
      '-loggerLevel=ERROR',
    ];
  });
  const answers = queriesOf(server.url, 'VictoriaMetrics');
  const flush = () => fetch(`${server.url}/internal/force_flush`);
  if (backfill) await importSamples(server.url, backfill);
  await flush();
  return { ...server, ...answers, flush };
}

/**
 * Starts vmalert with these recording rules on a server, into which it writes what they record;
 * alerts would want somebody to notify.
 */
export function startVmalert(url, rules) {
  const { vmalert } = requireTools(['vmalert']);
  return launch(vmalert, 'vmalert', (folder, port) => {
    const file = path.join(folder, 'rules.yaml');
    writeFileSync(file, rules);
    return [
      `-rule=${file}`,
      ...[`-datasource.url=${url}`, `-remoteWrite.url=${url}`],
      `-httpListenAddr=127.0.0.1:${port}`,
      '-loggerLevel=ERROR',
    ];
  });
}

async function importSamples(url, text) {
  const send = async (body) => {
    const { ok, status } = await fetch(`${url}${importPath}`, { method: 'POST', body });
    if (!ok) throw new Stop(`VictoriaMetrics refused the samples to import: ${status}`);
  };
  let part = [];
  let bytes = 0;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    part.push(`${line}000\n`);
    bytes += line.length;
    if (bytes < importBytes) continue;
    await send(part.join(''));
    [part, bytes] = [[], 0];
  }
  if (part.length > 0) await send(part.join(''));
}

/** Starts one of the programs in a folder of its own; `argumentsOf(folder, port)`. */
async function launch(program, name, argumentsOf) {
  const folder = mkdtempSync(path.join(os.tmpdir(), `inference-triage-${name}-`));
  const port = await freePort();
  const child = spawn(program, argumentsOf(folder, port), {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (text) => (log = `${log}${text}`.slice(-4000)));
  let failure;
  child.on('error', (error) => (failure = error.message));
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const stop = async () => {
    process.removeListener('exit', onExit);
    if (!failure) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + readyWithinMs;
  while (!(await isReady(url))) {
    if (failure || child.exitCode !== null || Date.now() > deadline) {
      await stop();
      const ended = child.exitCode === null ? undefined : `it ended with ${child.exitCode}`;
      const late = ended ?? `no answer within ${readyWithinMs / 1000} s`;
      throw new Stop(`${name} did not start: ${failure ?? (log.trim() || late)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, port, pid: child.pid, stop };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}
