// Pages with the panel, as tests open and read them.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { root } from '../../../deploy/steps/process.mjs';
import { eventually } from '../../eventually.mjs';
import { startBrowser } from '../browser.mjs';
import { textOf, untilShown } from '../reading.mjs';

const artefacts = path.join(root, 'tests/artefacts/perses');

/** What a page is asked for when a test does not say otherwise. */
const defaults = { theme: 'light', size: { width: 1200, height: 900 }, prometheus: 'prometheus' };

/** A browser whose pages collect every event of the panel. */
export async function startPanelBrowser() {
  const browser = await startBrowser();
  await browser.context.addInitScript(() => {
    globalThis.reports = [];
    globalThis.problems = [];
    const read = (bytes) => new TextDecoder().decode(bytes);
    document.addEventListener('inference-triage-report', ({ detail }) =>
      globalThis.reports.push({ report: detail.report, text: read(detail.reportBytes()) }),
    );
    document.addEventListener('inference-triage-error', ({ detail }) =>
      globalThis.problems.push(detail),
    );
  });
  return {
    ...browser,
    /** Opens a page of the server; the request goes into its address. */
    openPage(server, page, request, viewport = {}) {
      const asked = { ...defaults, ...request };
      const prometheus = `${new URL(server.url).pathname.replace(/\/$/, '')}/prometheus`;
      const hash = encodeURIComponent(JSON.stringify({ ...asked, prometheus }));
      return browser.open(`${server.url}/${page}.html#${hash}`, {
        width: 1280,
        height: 960,
        ...viewport,
      });
    },
  };
}

/** A panel definition with its queries. */
export function panelOf(queries, spec = {}) {
  return {
    display: { name: 'Where the seconds go' },
    plugin: { kind: 'InferenceTriage', spec },
    queries,
  };
}

/** A query of the panel. */
export function queryOf(query, { name, minStep = '15s' } = {}) {
  const plugin = { kind: 'PrometheusTimeSeriesQuery', spec: { query, minStep } };
  return { kind: 'TimeSeriesQuery', spec: { ...(name === undefined ? {} : { name }), plugin } };
}

/**
 * The latest report once `isWanted` accepts it, with its JSON text; fails with what the page shows
 * when none comes.
 */
export async function reportOf(page, isWanted = () => true) {
  const wanted = async () => {
    const latest = await page.evaluate(() => globalThis.reports.at(-1));
    return latest && isWanted(latest.report) && latest;
  };
  const shown = async () =>
    `problems: ${JSON.stringify(await page.evaluate(() => globalThis.problems))}; shown: ${await shownText(page)}`;
  return eventually('such a report', wanted, { shown });
}

/** Everything a reader can see on the page, shadow roots included. */
const shownText = (page) => textOf(page.locator('body'));

/** Waits until the reader of the page sees a pattern or a text, and returns all there is. */
export const waitForText = (page, wanted) => untilShown(page.locator('body'), wanted);

/** A picture in tests/artefacts/perses/, for people to look at. */
export async function takePicture(page, name) {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: path.join(artefacts, `${name}.png`), fullPage: true });
}
