// The verdicts in Grafana's runtime, whatever surrounds the panel: every two circumstances meet in
// one of the tests.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { columns } from '../../../deploy/steps/grafana-columns.mjs';
import { startBrowser } from '../browser.mjs';
import { startIncidents, truths } from './incidents.mjs';
import { allPairs, pairsOf, pairwise } from './pairs.mjs';
import { openGrafana, panelsIn, rangeOf, rawTarget, takePicture, triage } from './panel-page.mjs';
import { untilShown } from '../reading.mjs';
import { plannedTargets } from './plan.mjs';
import { policies } from './policies.mjs';
import { startGrafana } from './server/page-server.mjs';

/**
 * Queries by what a reader asks with them. Planned queries with a heat map's format are a mistake;
 * see below.
 */
const questions = {
  'raw selector': [{ ...rawTarget, format: 'time_series' }],
  'raw selector as heat map': [{ ...rawTarget, format: 'heatmap' }],
  'raw selector as table': [{ ...rawTarget, format: 'table' }],
  'planned queries': plannedTargets('time_series'),
  'planned queries as table': plannedTargets('table'),
};

const factors = {
  incident: Object.keys(truths),
  question: Object.keys(questions),
  column: columns,
  policy: ['none', 'template', 'wasm only'],
  subPath: ['', '/grafana', '/tools/grafana'],
  theme: ['dark', 'light'],
  fetch: ['plain', 'wrapped'],
};

/**
 * What tracing libraries do to a page: every answer of `fetch` is a stand-in that only looks like a
 * Response.
 */
const wrapFetch = `
  const original = window.fetch;
  window.fetch = async (...request) => new Proxy(await original(...request), {
    get(response, name) {
      const value = Reflect.get(response, name);
      return typeof value === 'function' ? value.bind(response) : value;
    },
  });`;

const rows = pairwise(factors);

let browser, incidents;
before(async () => {
  incidents = await startIncidents();
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await incidents?.stop();
});

test('every two circumstances meet', () => {
  const met = new Set(rows.flatMap((row) => pairsOf(row, factors)));
  const missing = allPairs(factors).filter((pair) => !met.has(pair));
  assert.deepEqual(missing, []);
});

for (const [index, row] of rows.entries()) {
  const { incident, question, column, policy, subPath, theme, fetch } = row;
  const circumstances = `${column}, ${theme}, policy ${policy}, fetch ${fetch}, at "${subPath}/"`;
  test(`${incident} by ${question}: ${circumstances}`, async () => {
    const server = {
      column,
      prometheus: incidents.url(incident),
      subPath,
      policy: policies[policy],
    };
    const grafana = await startGrafana(server);
    try {
      const setting = {
        theme,
        ...rangeOf(incident),
        panels: [triage({ targets: questions[question] })],
      };
      const script = fetch === 'wrapped' ? wrapFetch : undefined;
      const { page, complaints } = await openGrafana(browser, grafana, setting, { before: script });
      const panel = panelsIn(page);
      for (const sentence of truths[incident]) await untilShown(panel, sentence);
      await takePicture(panel, `matrix-${index}-${incident}-${column}-${theme}`);
      assert.deepEqual(complaints(), []);
      await page.close();
    } finally {
      await grafana.stop();
    }
  });
}

for (const column of columns) {
  test(`${column}: planned queries as a heat map name the format that cures them`, async () => {
    const grafana = await startGrafana({ column, prometheus: incidents.url('before') });
    try {
      const panels = [triage({ targets: plannedTargets('heatmap') })];
      const { page } = await openGrafana(browser, grafana, { ...rangeOf('before'), panels });
      await untilShown(panelsIn(page), /format.{0,40}time series/i);
      await takePicture(panelsIn(page), `planned-heat-map-${column}`);
      await page.close();
    } finally {
      await grafana.stop();
    }
  });
}
