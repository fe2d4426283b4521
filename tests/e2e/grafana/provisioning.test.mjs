// What `docker compose up` starts, as far as it can be started without containers: files, paths,
// commands, data.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { columnFolder } from '../../../deploy/steps/grafana-columns.mjs';
import { end, root } from '../../../deploy/steps/process.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { buildSimulator, firstLine } from '../../../deploy/steps/simulator.mjs';
import { requireTools } from '../../../deploy/steps/tools.mjs';
import { untilAtLeast } from '../../eventually.mjs';
import { dataSourceUid } from './server/data-source.mjs';

const { parse } = createRequire(path.join(columnFolder('grafana-13'), 'package.json'))('yaml');
const project = path.join(root, 'frontend/grafana');
const read = (file) => parse(readFileSync(path.join(project, file), 'utf8'), { merge: true });

const compose = read('docker-compose.yaml');
const scrapes = read('provisioning/prometheus/prometheus.yaml');
const { services } = compose;

let folder;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-compose-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('every folder that is mounted is there, and every file that is extended', () => {
  for (const [name, { volumes = [], extends: base }] of Object.entries(services)) {
    if (base) assert.ok(read(base.file).services[base.service], `${name} extends nothing`);
    for (const volume of volumes) {
      const [source] = volume.split(':');
      const known = source.startsWith('.')
        ? existsSync(path.join(project, source))
        : source in compose.volumes;
      assert.ok(known, `${name} mounts ${source}, which is not there`);
    }
  }
});

test('Grafana finds its dashboards and its data source', () => {
  const [provider] = read('provisioning/dashboards/dashboards.yaml').providers;
  const mount = services.grafana.volumes.find((volume) => volume.startsWith('./dashboards:'));
  assert.equal(mount.split(':')[1], provider.options.path);
  const home = services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
  assert.ok(
    existsSync(path.join(project, 'dashboards', path.relative(provider.options.path, home))),
    home,
  );
  const [source] = read('provisioning/datasources/prometheus.yaml').datasources;
  assert.equal(source.uid, dataSourceUid);
  assert.equal(source.jsonData.timeInterval, scrapes.global.scrape_interval);
});

test('the fleet has a past, goes on from it, and Prometheus scrapes it where it listens', async () => {
  const { promtool } = requireTools(['promtool']);
  execFileSync(promtool, [
    'check',
    'config',
    path.join(project, 'provisioning/prometheus/prometheus.yaml'),
  ]);
  const env = {
    ...process.env,
    PATH: `${path.dirname(await buildSimulator())}:${process.env.PATH}`,
  };
  const [shell, ...past] = commandOf('past');
  execFileSync(shell, past, { env });

  const [, ...engine] = commandOf('engine').map((word) => word.replace(/--port \d+$/, '--port 0'));
  const child = spawn(shell, engine, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const running = [{ stop: () => end(child) }];
  try {
    const { targets } = JSON.parse(await firstLine(child));
    const listening = targets.map(({ job, labels }, index) => ({
      job,
      address: `127.0.0.1:${firstPort() + index}`,
      labels,
    }));
    assert.deepEqual(
      scrapedTargets(),
      listening,
      'the simulator listens on one port a target, in this order',
    );

    const backfill = readFileSync(path.join(folder, 'past.openmetrics'), 'utf8');
    const prometheus = await startPrometheus({ targets, interval: '1s', backfill });
    running.unshift(prometheus);
    await untilAtLeast(prometheus, 'sum(up)', targets.length);
    const sequences = (await prometheus.query('vllm:num_requests_running')).map(
      ({ value }) => value[1],
    );
    assert.deepEqual(
      sequences,
      ['2', '2', '2', '2'],
      'behind the onset two sequences run on each replica',
    );
    const series = await prometheus.query('count_over_time(vllm:num_requests_running[39m])');
    assert.equal(series.length, 4, 'past and present of a replica are one series');
    for (const { value } of series)
      assert.ok(Number(value[1]) > 140, `${value[1]} samples of the past`);
  } finally {
    for (const part of running) await part.stop();
  }
});

/** The targets of the provisioned Prometheus, in the order of its file. */
function scrapedTargets() {
  return scrapes.scrape_configs.flatMap(({ job_name: job, static_configs: statics }) =>
    statics.map(({ targets: [address], labels }) => ({ job, address, labels })),
  );
}

/** What a service runs, with the shared folder replaced by ours. */
function commandOf(service) {
  return services[service].entrypoint.map((word) =>
    word.replaceAll('$$', '$').replaceAll(/(?<=\s)\/past\//g, `${folder}/`),
  );
}

/** The port on which the simulator is told to begin. */
const firstPort = () => Number(/--port (\d+)$/.exec(services.engine.entrypoint.at(-1))[1]);
