// The shipped dashboards: made of the query plan, answered by a real Prometheus, drawn by Grafana's
// own runtime.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { selection } from '../../../deploy/steps/dashboards/document.mjs';
import { columns, pluginId } from '../../../deploy/steps/grafana-columns.mjs';
import { dashboardsFolder } from '../../../deploy/steps/grafana-dashboards.mjs';
import { startBrowser } from '../browser.mjs';
import { onsetEnd } from '../portal/incidents.mjs';
import { startIncidents } from './incidents.mjs';
import { openGrafana, panelsIn, rangeOf, takePicture } from './panel-page.mjs';
import { untilShown } from '../reading.mjs';
import { planFor } from './plan.mjs';
import { startGrafana } from './server/page-server.mjs';
import { withoutMacros } from './server/intervals.mjs';

const names = ['incident', 'fleet', 'minimal'];
const dashboards = Object.fromEntries(
  names.map((name) => [
    name,
    JSON.parse(readFileSync(path.join(dashboardsFolder, `${name}.json`), 'utf8')),
  ]),
);

/** Panels with queries, those inside closed rows too. */
const panelsOf = ({ panels }) =>
  panels
    .flatMap((panel) => (panel.type === 'row' ? panel.panels : [panel]))
    .filter(({ type }) => type !== 'row');

let browser, incidents;
before(async () => {
  incidents = await startIncidents(['onset']);
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await incidents?.stop();
});

test("the panel's queries are those of the plan, role by role", () => {
  const asked = (name) =>
    panelsOf(dashboards[name])
      .filter(({ type }) => type === pluginId)
      .flatMap(({ targets }) =>
        targets.map(({ refId, expr, format, range }) => ({ refId, expr, format, range })),
      );
  const planned = planFor({ matchers: selection }).queries.map(({ role, promql }) => ({
    refId: role,
    expr: promql,
    format: 'time_series',
    range: true,
  }));
  assert.deepEqual(asked('incident'), planned);
  assert.deepEqual(asked('fleet'), planned);
  assert.deepEqual(
    asked('minimal').map(({ expr }) => expr),
    [planFor().rawSelector],
  );
});

test('identifiers, positions and references are those of one document', () => {
  const uids = new Set();
  for (const [name, dashboard] of Object.entries(dashboards)) {
    uids.add(dashboard.uid);
    assert.ok(dashboard.title && dashboard.description && dashboard.schemaVersion >= 39, name);
    const all = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
    assert.equal(
      new Set(all.map(({ id }) => id)).size,
      all.length,
      `${name}: two panels share an id`,
    );
    for (const { title, gridPos } of all)
      assert.ok(gridPos.x + gridPos.w <= 24, `${name}: "${title}" sticks out`);
    const known = new Set(dashboard.templating.list.map(({ name: variable }) => variable));
    const used = JSON.stringify(dashboard).matchAll(/\$(?:\{(\w+)\}|(?!__)(\w+))/g);
    for (const [, braced, bare] of used) {
      const variable = braced ?? bare;
      assert.ok(
        variable.startsWith('__') || known.has(variable),
        `${name}: nobody defines $${variable}`,
      );
    }
  }
  assert.equal(uids.size, names.length);
});

test('Prometheus understands every query, and answers those about the engine', async () => {
  const prometheus = incidents.server('onset');
  const empty = [];
  for (const [name, dashboard] of Object.entries(dashboards)) {
    const annotations = dashboard.annotations.list.map(({ name: title, expr }) => ({
      title,
      targets: [{ expr }],
    }));
    for (const { title, targets } of [...panelsOf(dashboard), ...annotations]) {
      for (const { expr } of targets) {
        const result = await prometheus.query(filledIn(expr), onsetEnd);
        if (result.length === 0) empty.push(`${name}: ${title}: ${expr}`);
      }
    }
  }
  // The recording is of one engine on its own: no GPU exporter, no Kueue, no KV connector, no
  // drafts, no adapters, no HTTP server's counts, no CPU time of a process, and a release that
  // rejected nothing and counted neither steps nor prompt tokens by source.
  const absent = [
    'DCGM_',
    'kueue_',
    'admission_rejections',
    'reason="deferred"',
    'prompt_tokens_by_source',
    'num_requests_kv_fetch_by_stage',
    'request_num_preemptions',
    'iteration_tokens_total',
    'request_params_max_tokens',
    'engine_sleep_state',
    'num_failed_transfers',
    'xfer_time_seconds',
    'spec_decode_num_',
    'lora_requests_info',
    'http_requests_total',
    'process_cpu_seconds_total',
  ];
  assert.deepEqual(
    empty.filter((line) => !absent.some((part) => line.includes(part))),
    [],
  );
});

/** A query with every variable at "All" and every macro of the data source at a step of 15 s. */
function filledIn(expression) {
  const hour = [(onsetEnd - 3_600) * 1_000, onsetEnd * 1_000];
  return withoutMacros(expression, 15_000, ...hour, '15s').replace(
    /\$(model|job|instance|gpu_job)\b/g,
    '.*',
  );
}

const pages = [
  { name: 'incident', column: columns[1], theme: 'dark', says: /capped at 2 running/ },
  { name: 'fleet', column: columns[0], theme: 'light', says: /capped at 2 running/ },
  { name: 'minimal', column: columns[0], theme: 'dark', says: /capped at 2 running/ },
];

for (const { name, column, theme, says } of pages) {
  test(`${name} in ${column}, ${theme}: the verdict, and every open panel draws`, async () => {
    const grafana = await startGrafana({ column, prometheus: incidents.url('onset') });
    try {
      const { page, complaints } = await openGrafana(
        browser,
        grafana,
        settingOf(dashboards[name], theme),
        {
          width: 1600,
          height: 4_000,
        },
      );
      await untilShown(panelsIn(page).first(), says);
      for (const [index, { type }] of panelsOpenIn(dashboards[name]).entries()) {
        if (type !== 'timeseries') continue;
        const panel = page.locator(`[data-viz-panel-key="panel-${index + 1}"]`);
        await panel.locator('canvas').first().waitFor({ timeout: 20_000 });
      }
      await takePicture(page, `dashboard-${name}-${column}-${theme}`);
      assert.deepEqual(complaints(), []);
      await page.close();
    } finally {
      await grafana.stop();
    }
  });
}

/** Panels that are shown before any row is opened. */
const panelsOpenIn = ({ panels }) => panels.filter(({ type }) => type !== 'row');

/**
 * A dashboard as the page of the tests shows it: its variables, and its open panels where they
 * stand.
 */
function settingOf({ templating, panels }, theme) {
  const shown = panels.filter(({ type }) => type !== 'row');
  return {
    theme,
    ...rangeOf('onset'),
    variables: templating.list,
    panels: shown.map(({ type, ...panel }) => ({ ...panel, pluginId: type })),
  };
}
