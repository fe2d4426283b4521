// The table of replicas in Perses, from one replica to a thousand, with pictures; and an engine
// with everything that its cluster exports, read from the shipped dashboards.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { hostFolder, pluginArchive } from '../../../deploy/steps/perses-columns.mjs';
import { toOpenMetrics } from '../../../deploy/steps/openmetrics.mjs';
import { root } from '../../../deploy/steps/process.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { diagnose, diagnoseResponses } from '../../live/program.mjs';
import { fleetEnd, fleetSeries, fleetStart } from '../fleet-series.mjs';
import { prometheusWithCluster } from '../layers.mjs';
import { onsetEnd } from '../portal/incidents.mjs';
import { startColumn } from './columns.mjs';
import { panelOf, reportOf, startPanelBrowser, takePicture, waitForText } from './pages.mjs';
import { startPersesServer } from './perses-server.mjs';
import { plannedQueries } from './plan.mjs';

/** The sections of the dashboard "fleet". */
const spec = { sections: ['verdict', 'fleet', 'phases', 'strips'], timeZone: 'UTC' };

let browser;
before(async () => {
  browser = await startPanelBrowser();
});
after(() => browser.stop());

for (const [index, count] of [1, 4, 40, 1000].entries()) {
  const theme = index % 2 === 0 ? 'light' : 'dark';
  test(`${count} replicas, ${theme}`, { timeout: 240_000 }, async () => {
    const prometheus = await startPrometheus({ backfill: toOpenMetrics(fleetSeries(count)) });
    const server = await startColumn(index < 2 ? '0.52' : '0.54', prometheus);
    try {
      const request = {
        panel: panelOf(await plannedQueries(), spec),
        range: { start: fleetStart, end: fleetEnd },
        theme,
        size: { width: 1400, height: 900 },
      };
      const view = { width: 1440, height: 1000 };
      const { page, errors } = await browser.openPage(server, 'in-process', request, view);
      const { report } = await reportOf(page, ({ window }) => window.finished_requests > 0);
      assert.equal(report.fleet?.rows.length, count === 1 ? undefined : count);
      const table = page.locator('section.fleet');
      if (count > 1) {
        await table.locator('.fleet-judged').first().waitFor();
        assert.match(await table.locator('tbody tr').first().innerText(), /vllm-1\/0/);
      }
      await takePicture(page, `fleet-${count}-${theme}`);
      assert.deepEqual(errors, []);
      await page.close();
    } finally {
      await server.stop();
      await prometheus.stop();
    }
  });
}

const { parse } = createRequire(path.join(root, 'frontend/perses/package.json'))('yaml');
const dashboard = (name) =>
  parse(readFileSync(path.join(root, `frontend/perses/dashboards/${name}.yaml`), 'utf8'));
const official = (name) =>
  path.join(hostFolder('0.52'), 'node_modules/@perses-dev', `${name}-plugin`);

for (const [name, theme] of Object.entries({
  incident: 'dark',
  scheduling: 'light',
  hardware: 'dark',
})) {
  test(`${name}: an engine in a cluster gets the report of the command line`, async () => {
    const prometheus = await prometheusWithCluster();
    const server = await startPersesServer({
      app: path.join(hostFolder('0.52'), 'dist'),
      plugins: [pluginArchive(), official('prometheus'), official('timeseries-chart')],
      prometheus: prometheus.url,
    });
    try {
      const range = { start: onsetEnd - 3600, end: onsetEnd };
      const size = { width: 1400, height: 1700 };
      const request = { dashboard: dashboard(name), range, theme, size };
      const view = { width: 1440, height: 1750 };
      const { page } = await browser.openPage(server, 'dashboard', request, view);
      const told = /3 replicas are wanted and 1 is ready/;
      const { report, text } = await reportOf(page, ({ verdict: { detail, beside = [] } }) =>
        told.test([detail, ...beside].join(' ')),
      );
      await waitForText(page, told);
      const times = ['--end', String(onsetEnd), '--range', '1h'];
      const asked = await diagnose(['--url', prometheus.url, ...times]);
      // The command line's grid begins elsewhere, so that a window may hold a request more.
      for (const part of ['id', 'severity', 'sentence', 'detail', 'beside'])
        assert.deepEqual(report.verdict[part], asked.report.verdict[part], part);
      if (name === 'incident') {
        const answers = server.recorded.map(({ body }) => body);
        const { stdout } = await diagnoseResponses(answers);
        assert.equal(text.trim(), stdout.trim(), 'the page and the command line differ');
      } else await page.locator('canvas').nth(3).waitFor();
      await takePicture(page, `dashboard-${name}-cluster`);
      await page.close();
    } finally {
      await server.stop();
      await prometheus.stop();
    }
  });
}
