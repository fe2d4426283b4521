// The dashboards as code, drawn by Perses's own dashboard view with the installed plugin, before a
// real Prometheus.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { hostFolder, pluginArchive } from '../../../deploy/steps/perses-columns.mjs';
import { root } from '../../../deploy/steps/process.mjs';
import { inputs, prometheusWith } from '../portal/incidents.mjs';
import { seriousViolations } from '../browser.mjs';
import { reportOf, startPanelBrowser, takePicture, waitForText } from './pages.mjs';
import { startPersesServer } from './perses-server.mjs';

const release = '0.52';
const { parse } = createRequire(path.join(root, 'frontend/perses/package.json'))('yaml');
const dashboard = (name) =>
  parse(readFileSync(path.join(root, `frontend/perses/dashboards/${name}.yaml`), 'utf8'));
const official = (name) => path.join(hostFolder(release), 'node_modules/@perses-dev', name);
const onset = inputs.onset;

let browser, prometheus, server;
before(async () => {
  browser = await startPanelBrowser();
  prometheus = await prometheusWith('onset');
  server = await startPersesServer({
    app: path.join(hostFolder(release), 'dist'),
    plugins: [pluginArchive(), official('prometheus-plugin'), official('timeseries-chart-plugin')],
    prometheus: prometheus.url,
  });
});
after(async () => {
  await browser.stop();
  await server.stop();
  await prometheus.stop();
});

function open(name, theme) {
  const range = { start: onset.end - 3600, end: onset.end };
  const request = { dashboard: dashboard(name), range, theme, size: { width: 1400, height: 1700 } };
  return browser.openPage(server, 'dashboard', request, { width: 1440, height: 1750 });
}

/** Perses's own button for a download has no name; nothing a panel could change. */
async function ourViolations(page) {
  return (await seriousViolations(page)).filter(
    (violation) => !violation.includes('#download-dashboard-button'),
  );
}

test('incident: the verdict, with every variable resolved', async () => {
  const { page } = await open('incident', 'dark');
  const { report } = await reportOf(page, ({ window }) => window.finished_requests > 0);
  assert.equal(report.verdict.id, onset.verdict, report.verdict.sentence);
  assert.deepEqual(
    report.scopes.map(({ model }) => model),
    ['gemma'],
  );
  const shown = await waitForText(page, onset.sentence);
  assert.doesNotMatch(shown, /brought no result/);
  assert.ok(server.recorded.length > 0 && server.recorded.every(({ status }) => status === 200));
  assert.deepEqual(await ourViolations(page), []);
  await takePicture(page, 'dashboard-incident');
});

test('fleet: the worst model, and the charts by replica', async () => {
  const { page } = await open('fleet', 'light');
  const { report } = await reportOf(page, ({ window }) => window.finished_requests > 0);
  assert.equal(report.verdict.id, onset.verdict, report.verdict.sentence);
  await waitForText(page, /Running requests by replica/);
  await waitForText(page, /gemma.*pod-0/);
  assert.deepEqual(await ourViolations(page), []);
  await takePicture(page, 'dashboard-fleet');
});
