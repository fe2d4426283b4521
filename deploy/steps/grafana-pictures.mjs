// The pictures of the catalogue page, frontend/grafana/src/img/*.png: the panel in Grafana's
// runtime with the recorded incident behind a real Prometheus.
//
//   node deploy/steps/grafana-pictures.mjs    the workspaces must be built

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { chromiumLaunch } from './chromium.mjs';
import { pluginId, prepareColumns, preparePanel } from './grafana-columns.mjs';
import { dashboardsFolder } from './grafana-dashboards.mjs';
import { onsetSeries } from './incidents.mjs';
import { toOpenMetrics } from './openmetrics.mjs';
import { root } from './process.mjs';
import { runVerb } from './progress.mjs';
import { startPrometheus } from './prometheus.mjs';

const folder = path.join(root, 'frontend/grafana/src/img');
const column = 'grafana-13';

/** Width and height of a picture of one panel. */
const panelSize = { width: 1400, height: 890 };
const pageSize = { width: 1400, height: 910 };

/** Draws every picture anew; the workspaces must be built. */
export async function drawGrafanaPictures() {
  await preparePanel();
  await prepareColumns([column]);
  // Found only when the workspaces are installed.
  const { chromium } = createRequire(path.join(root, 'package.json'))('playwright-core');
  const { startGrafana } = await import('../../tests/e2e/grafana/server/page-server.mjs');
  const series = onsetSeries();
  const times = series[0].values.map(([seconds]) => seconds);
  const range = { from: iso(times[0]), to: iso(times.at(-1)) };
  mkdirSync(folder, { recursive: true });
  const prometheus = await startPrometheus({ backfill: toOpenMetrics(series) });
  const grafana = await startGrafana({ column, prometheus: prometheus.url });
  const browser = await chromium.launch(chromiumLaunch());
  try {
    for (const { name, setting, size, prepare } of pictures()) {
      const page = await browser.newPage({ viewport: size, timezoneId: 'UTC' });
      await page.goto(grafana.pageFor({ ...range, ...setting }));
      const panel = page.locator('[data-viz-panel-key]').first();
      await panel.getByText('Admission is capped').first().waitFor();
      await page.waitForTimeout(1_500);
      await prepare?.(page, panel);
      await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
      await page.close();
    }
  } finally {
    await browser.close();
    await grafana.stop();
    await prometheus.stop();
  }
}

const iso = (seconds) => new Date(seconds * 1_000).toISOString();

/** What each picture shows. */
function pictures() {
  const { templating, panels } = JSON.parse(
    readFileSync(path.join(dashboardsFolder, 'incident.json'), 'utf8'),
  );
  const { targets } = panels.find(({ type }) => type === pluginId);
  const shown = panels
    .filter(({ type }) => type !== 'row')
    .map(({ type, ...panel }) => ({ ...panel, pluginId: type }));
  const single = { pluginId, title: 'Triage', targets, ...panelSize };
  const variables = templating.list;
  return [
    {
      name: 'verdict-dark',
      size: pageSize,
      setting: { theme: 'dark', variables, panels: [single] },
    },
    {
      name: 'verdict-light',
      size: pageSize,
      setting: { theme: 'light', variables, panels: [single] },
    },
    {
      name: 'window-dark',
      size: panelSize,
      setting: { theme: 'dark', variables, panels: [single] },
      prepare: pickWindow,
    },
    {
      name: 'dashboard-light',
      size: { width: 1400, height: 1_868 },
      setting: { theme: 'light', variables, panels: shown },
    },
  ];
}

/** Drags over the healthy half, and moves the pointer out of the picture. */
async function pickWindow(page, panel) {
  const { x, y, width, height } = await panel.locator('.u-over').first().boundingBox();
  await page.mouse.move(x + 0.15 * width, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 0.3 * width, y + height / 2, { steps: 5 });
  await page.mouse.move(x + 0.45 * width, y + height / 2, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(5, 5);
  await panel.getByText('Healthy').first().waitFor();
  await page.waitForTimeout(300);
}

if (import.meta.filename === process.argv[1]) await runVerb(drawGrafanaPictures);
