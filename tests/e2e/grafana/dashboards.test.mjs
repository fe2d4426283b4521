// The shipped dashboards: made of the query plan, answered by a real Prometheus, drawn by Grafana's
// own runtime.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { selection } from '../../../deploy/steps/dashboards/document.mjs';
import { columns, pluginId } from '../../../deploy/steps/grafana-columns.mjs';
import { namespaces } from '../../../deploy/steps/dashboards/plan-targets.mjs';
import { dashboardsFolder } from '../../../deploy/steps/grafana-dashboards.mjs';
import { diagnose } from '../../live/program.mjs';
import { startBrowser } from '../browser.mjs';
import { elsewhereSeries, prometheusWithCluster } from '../layers.mjs';
import { onsetEnd } from '../portal/incidents.mjs';
import { openGrafana, panelsIn, rangeOf, takePicture } from './panel-page.mjs';
import { untilShown } from '../reading.mjs';
import { planFor } from './plan.mjs';
import { startGrafana } from './server/page-server.mjs';
import { withoutMacros } from './server/intervals.mjs';

const names = ['incident', 'fleet', 'hardware', 'scheduling', 'wall', 'minimal'];
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

let browser, prometheus;
before(async () => {
  prometheus = await prometheusWithCluster();
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await prometheus?.stop();
});

test("the panel's queries are those of the plan, role by role", () => {
  const asked = (name) =>
    panelsOf(dashboards[name])
      .filter(({ type }) => type === pluginId)
      .flatMap(({ targets }) =>
        targets.map(({ refId, expr, format, range }) => ({ refId, expr, format, range })),
      );
  const plan = planFor({ matchers: selection, namespaces: [namespaces] });
  const planned = plan.queries.map(({ role, promql }) => ({
    refId: role,
    expr: promql,
    format: 'time_series',
    range: true,
  }));
  for (const layer of ['kube-state', 'kueue', 'dcgm', 'cadvisor', 'endpoint-picker'])
    assert.ok(
      plan.queries.some(({ role }) => role === layer),
      layer,
    );
  for (const name of names.filter((one) => one !== 'minimal'))
    assert.deepEqual(asked(name), planned, name);
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

test('Prometheus answers every query about an engine in a cluster, its layers too', async (t) => {
  const everything = await prometheusWithCluster(elsewhereSeries());
  t.after(() => everything.stop());
  const empty = [];
  for (const [name, dashboard] of Object.entries(dashboards)) {
    const annotations = dashboard.annotations.list.map(({ name: title, expr }) => ({
      title,
      targets: [{ expr }],
    }));
    for (const { title, targets } of [...panelsOf(dashboard), ...annotations]) {
      for (const { expr } of targets) {
        const result = await everything.query(filledIn(expr), onsetEnd);
        if (result.length === 0) empty.push(`${name}: ${title}: ${expr}`);
      }
    }
  }
  // The recording is of an engine without a KV connector, drafts, adapters, images, an HTTP
  // server's counts and the CPU time of its process, of a release that rejected nothing, ended no
  // request for a reason that we do not know and counted neither steps nor prompt tokens by source.
  const absent = [
    'admission_rejections',
    'requests_ended_otherwise',
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
    'mm_cache_queries',
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
  return withoutMacros(expression, 15_000, ...hour, '15s')
    .replace(/\$(model|job|instance|gpu_job|gpu_exporter)\b/g, '.*')
    .replaceAll('$namespace', 'chat')
    .replaceAll('$by', 'instance');
}

test('while no namespace is known, nothing of a cluster is selected', async () => {
  for (const { refId, expr } of panelsOf(dashboards.incident)[0].targets) {
    if (!expr.includes('$namespace')) continue;
    for (const nothing of ['', '()']) {
      const query = withoutMacros(expr, 15_000, 0, 3_600_000, '15s');
      const result = await prometheus.query(query.replaceAll('$namespace', nothing), onsetEnd);
      assert.deepEqual(result, [], `${refId} with "${nothing}"`);
    }
  }
});

const pages = [
  { name: 'incident', column: columns[1], theme: 'dark', says: /capped at 2 running/ },
  { name: 'fleet', column: columns[0], theme: 'light', says: /capped at 2 running/ },
  { name: 'hardware', column: columns[1], theme: 'light', says: /capped at 2 running/ },
  { name: 'scheduling', column: columns[0], theme: 'dark', says: /capped at 2 running/ },
  { name: 'wall', column: columns[1], theme: 'dark', says: /capped at 2 running/ },
  { name: 'minimal', column: columns[0], theme: 'dark', says: /capped at 2 running/ },
];

/** The engine of the recording counts no steps, see above. */
const withoutData = 'Tokens of a step';

for (const { name, column, theme, says } of pages) {
  test(`${name} in ${column}, ${theme}: the verdict, and every open panel draws`, async () => {
    const grafana = await startGrafana({ column, prometheus: prometheus.url });
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
      if (name === 'incident' || name === 'scheduling') {
        await panelsIn(page).first().getByText('In words', { exact: true }).click();
        for (const words of await toldByProgram()) await untilShown(panelsIn(page).first(), words);
      }
      for (const [index, { type, title }] of panelsOpenIn(dashboards[name]).entries()) {
        if (type !== 'timeseries') continue;
        const panel = page.locator(`[data-viz-panel-key="panel-${index + 1}"]`);
        if (title === withoutData) {
          await panel.getByText('No data').waitFor({ timeout: 20_000 });
          continue;
        }
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

/** What the command line tells of the same hour, the scheduling layer's part in it. */
async function toldByProgram() {
  const times = ['--end', String(onsetEnd), '--range', '1h'];
  const { report, stderr } = await diagnose(['--url', prometheus.url, ...times]);
  assert.ok(report, stderr);
  const { detail, beside = [] } = report.verdict;
  const said = [detail, ...beside];
  assert.match(said.join(' '), /3 replicas are wanted and 1 is ready/);
  return said;
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
