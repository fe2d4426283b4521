// What `docker compose up` starts, as far as it can be started without containers: files, paths, commands, data.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { columnFolder } from '../../../deploy/steps/grafana-columns.mjs';
import { end, root } from '../../../deploy/steps/process.mjs';
import { freePort, startPrometheus } from '../../../deploy/steps/prometheus.mjs';
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
      const known = source.startsWith('.') ? existsSync(path.join(project, source)) : source in compose.volumes;
      assert.ok(known, `${name} mounts ${source}, which is not there`);
    }
  }
});

test('Grafana finds its dashboards and its data source', () => {
  const [provider] = read('provisioning/dashboards/dashboards.yaml').providers;
  const mount = services.grafana.volumes.find((volume) => volume.startsWith('./dashboards:'));
  assert.equal(mount.split(':')[1], provider.options.path);
  const home = services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
  assert.ok(existsSync(path.join(project, 'dashboards', path.relative(provider.options.path, home))), home);
  const [source] = read('provisioning/datasources/prometheus.yaml').datasources;
  assert.equal(source.uid, dataSourceUid);
  assert.equal(source.jsonData.timeInterval, scrapes.global.scrape_interval);
});

test('the engine has a past, goes on from it, and Prometheus scrapes it where it listens', async () => {
  const { promtool } = requireTools(['promtool']);
  execFileSync(promtool, ['check', 'config', path.join(project, 'provisioning/prometheus/prometheus.yaml')]);
  const [program, ...past] = services.past.command.replace('/past', folder).split(' ');
  execFileSync(program, past, { cwd: root });

  const [, ...engine] = services.engine.command.replace('/past', folder).split(' ');
  const port = await freePort();
  const [scrape] = scrapes.scrape_configs;
  const [{ targets, labels }] = scrape.static_configs;
  assert.deepEqual(targets, [`127.0.0.1:${engine.at(-1)}`]);
  const child = spawn(program, [...engine.slice(0, -1), String(port)], { cwd: root, stdio: 'inherit' });
  const backfill = readFileSync(path.join(folder, 'past.openmetrics'), 'utf8');
  const target = { address: `127.0.0.1:${port}`, job: scrape.job_name, labels };
  const prometheus = await startPrometheus({ targets: [target], interval: '1s', backfill });
  try {
    await untilAtLeast(prometheus, 'sum(up)', 1);
    const [running] = await prometheus.query('sum(vllm:num_requests_running)');
    assert.equal(running.value[1], '2', 'the recording stands behind its onset, where two sequences run');
    const series = await prometheus.query('count_over_time(vllm:num_requests_running[39m])');
    assert.equal(series.length, 1, 'past and present are two series');
    assert.ok(Number(series[0].value[1]) > 140, `${series[0].value[1]} samples of the past`);
  } finally {
    await prometheus.stop();
    await end(child);
  }
});
