// A real Prometheus on a loopback port, with its own temporary folder, ended by its process id.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { end, Stop } from './process.mjs';
import { requireTools } from './tools.mjs';

const readyWithinMs = 30_000;
const ruleFile = 'rules.yaml';

/**
 * Starts a server and waits until it answers.
 *
 * `targets`: `[{ address: '127.0.0.1:9000', job: 'vllm', labels: { instance: 'pod-0' } }]`, scraped
 * every `interval` (`'1s'`). `backfill`: OpenMetrics text with time stamps, in seconds, that
 * becomes blocks before the start. `features`: what has to be enabled by name, e.g.
 * `native-histograms`. `rules`: a rule file to evaluate, `loadRules(text)` of the server another one
 * later. `receives`: takes samples by remote write. `ownGroup`: in a session, and so a scheduling
 * group, of its own.
 */
export async function startPrometheus({
  targets = [],
  interval = '1s',
  backfill,
  rules,
  features = [],
  receives = false,
  ownGroup = false,
} = {}) {
  const { prometheus, promtool } = requireTools(['prometheus', 'promtool']);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-prometheus-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const setUp = (text) => {
      if (text) writeFileSync(path.join(folder, ruleFile), text);
      const file = path.join(folder, 'prometheus.yml');
      writeFileSync(file, configuration(targets, interval, text));
    };
    setUp(rules);
    if (backfill) createBlocks(promtool, folder, backfill);
    const server = await launch(prometheus, folder, {
      port: await freePort(),
      features,
      receives,
      ownGroup,
    });
    return {
      ...server,
      loadRules(text) {
        setUp(text);
        process.kill(server.pid, 'SIGHUP');
      },
      async stop() {
        await server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A loopback port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** What is scraped and evaluated. JSON is YAML, and nobody has to quote anything by hand. */
export function configuration(targets, interval, rules) {
  const jobs = [...new Set(targets.map(({ job }) => job))];
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval },
    ...(rules ? { rule_files: [ruleFile] } : {}),
    scrape_configs: jobs.map((name) => ({
      job_name: name,
      static_configs: targets
        .filter(({ job }) => job === name)
        .map(({ address, labels }) => ({ targets: [address], labels })),
    })),
  });
}

function createBlocks(promtool, folder, text) {
  const file = path.join(folder, 'backfill.openmetrics');
  writeFileSync(file, text);
  const args = [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    '--quiet',
    file,
    path.join(folder, 'data'),
  ];
  try {
    execFileSync(promtool, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    throw new Stop(`promtool refused the samples to backfill: ${error.stderr || error.message}`);
  }
}

async function launch(program, folder, { port, features, receives, ownGroup }) {
  const child = spawn(
    program,
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      // Recorded incidents may be of any age.
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
      ...(receives ? ['--web.enable-remote-write-receiver'] : []),
      ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: ownGroup },
  );
  let log = '';
  child.stderr.on('data', (text) => (log = `${log}${text}`.slice(-4000)));
  let failure;
  child.on('error', (error) => (failure = error.message));
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);

  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    process.removeListener('exit', onExit);
    await end(child);
  };
  const deadline = Date.now() + readyWithinMs;
  while (!(await isReady(url))) {
    if (failure || child.exitCode !== null || Date.now() > deadline) {
      await (failure ? undefined : stop());
      throw new Stop(
        `Prometheus did not start: ${failure ?? (log.trim() || `no answer within ${readyWithinMs / 1000} s`)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, port, pid: child.pid, stop, ...queriesOf(url) };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

/** Questions to a server with Prometheus's HTTP interface. */
export function queriesOf(url, name = 'Prometheus') {
  const get = async (pathname, parameters) => {
    const response = await fetch(`${url}${pathname}?${new URLSearchParams(parameters)}`);
    return response.json();
  };
  return {
    /** The `data.result` of an instant query. */
    async query(query, time) {
      const answer = await get('/api/v1/query', { query, ...(time === undefined ? {} : { time }) });
      if (answer.status !== 'success')
        throw new Stop(`${name} refused "${query}": ${answer.error}`);
      return answer.data.result;
    },
    /** The alerts that fire now, with their labels and annotations. */
    async alerts() {
      const answer = await get('/api/v1/alerts', {});
      return answer.data.alerts.filter(({ state }) => state === 'firing');
    },
    /** The whole answer to a range query; times and step in seconds. */
    queryRange: (query, { start, end: until, step }) =>
      get('/api/v1/query_range', { query, start, end: until, step }),
  };
}
