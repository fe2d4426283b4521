// How long the panel takes from data to first paint, beside Grafana's own chart in the same page:
// recorded, not judged.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { columns } from '../../../deploy/steps/grafana-columns.mjs';
import { root } from '../../../deploy/steps/process.mjs';
import { startBrowser } from '../browser.mjs';
import { startIncidents } from './incidents.mjs';
import { openGrafana, rangeOf, rawTarget, triage } from './panel-page.mjs';
import { planFor, plannedTargets } from './plan.mjs';
import { startGrafana } from './server/page-server.mjs';

const repetitions = 3;

/**
 * Notes for every panel when its first word and its first chart are there, right before the frame
 * that paints them.
 */
const watchPaint = `
  const seen = (window.firstPaint = {});
  const parts = (node) => {
    const inside = [...(node.shadowRoot?.querySelectorAll('*') ?? []), ...node.children];
    return [node, ...inside.flatMap(parts)];
  };
  const look = () => {
    // The frame's own time stamp is older than the work that a busy page has done for it.
    const now = performance.now();
    for (const panel of document.querySelectorAll('[data-viz-panel-key]')) {
      const times = (seen[panel.getAttribute('data-viz-panel-key')] ??= {});
      if (times.chart !== undefined) continue;
      const inside = parts(panel);
      if (inside.some((node) => node.tagName === 'CANVAS' && node.width > 0)) times.chart = now;
      const hasVerdict = (node) =>
        /Admission is capped/.test(node.shadowRoot?.textContent ?? '');
      if (times.verdict === undefined && inside.some(hasVerdict)) times.verdict = now;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);`;

/**
 * The panel by each way of asking, and the chart with the same series and with the four lines it
 * usually shows. One after the other, and after the page has come to rest.
 */
const panels = [
  triage({ title: 'raw selector', targets: [rawTarget], delay: 1_000 }),
  triage({ title: 'planned queries', targets: plannedTargets('time_series'), delay: 2_000 }),
  {
    pluginId: 'timeseries',
    title: 'chart, the same series',
    width: 1000,
    height: 900,
    targets: [rawTarget],
    delay: 3_000,
  },
  {
    pluginId: 'timeseries',
    title: 'chart, four lines',
    width: 1000,
    height: 400,
    targets: quantiles(),
    delay: 4_000,
  },
];

function quantiles() {
  const [, name] = /"([\w:]+)_\(bucket/.exec(
    planFor().queries.find(({ role }) => role === 'ttft').promql,
  );
  return [0.5, 0.9, 0.95, 0.99].map((quantile, index) => ({
    refId: String.fromCharCode(65 + index),
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${name}_bucket[$__rate_interval])))`,
    range: true,
  }));
}

let browser, incidents;
const record = {};
before(async () => {
  incidents = await startIncidents(['onset']);
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await incidents?.stop();
  const folder = path.join(root, 'tests/artefacts/grafana');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'first-paint.json'), `${JSON.stringify(record, null, 2)}\n`);
});

for (const column of columns) {
  test(`${column}: from data to first paint`, async (context) => {
    const grafana = await startGrafana({ column, prometheus: incidents.url('onset') });
    try {
      const runs = [];
      for (let run = 0; run < repetitions; run += 1) runs.push(await measure(grafana));
      record[column] = panels.map(({ title }, index) => {
        const of = (kind) =>
          median(runs.map((times) => times[index][kind]).filter((time) => time !== undefined));
        return {
          panel: title,
          samples: runs[0][index].samples,
          verdictMs: of('verdict'),
          chartMs: of('chart'),
        };
      });
      for (const line of record[column]) context.diagnostic(JSON.stringify(line));
      for (const { panel, chartMs } of record[column])
        assert.ok(chartMs > 0, `${panel} has drawn nothing`);
      for (const { panel, verdictMs } of record[column].slice(0, 2))
        assert.ok(verdictMs > 0, `${panel} says nothing`);
    } finally {
      await grafana.stop();
    }
  });
}

/**
 * For each panel the milliseconds from its data to its words and to its chart, and how many samples
 * it was given.
 */
async function measure(grafana) {
  const look = { before: watchPaint, height: 3400 };
  const { page } = await openGrafana(browser, grafana, { ...rangeOf('onset'), panels }, look);
  await page.waitForFunction(
    (count) =>
      Object.values(window.firstPaint ?? {}).filter(({ chart }) => chart !== undefined).length ===
      count,
    panels.length,
    { timeout: 30_000 },
  );
  const times = await page.evaluate(() =>
    window.harness.panels.map((panel, index) => {
      const answered = window.harness.answeredAt.get(panel.state.key);
      const { verdict, chart } = window.firstPaint[panel.state.key];
      const { series } = window.harness.data(index);
      const samples = series.reduce((sum, { fields }) => sum + fields.at(-1).values.length, 0);
      const since = (time) => (time === undefined ? undefined : Math.round(time - answered));
      return { verdict: since(verdict), chart: since(chart), samples };
    }),
  );
  await page.close();
  return times;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
