// Pages with the panel, as tests open and read them.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { root } from '../../../deploy/steps/process.mjs';
import { startBrowser } from '../portal/browser.mjs';

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
    document.addEventListener('inference-triage-error', ({ detail }) => globalThis.problems.push(detail));
  });
  return {
    ...browser,
    /** Opens a page of the server; the request goes into its address. */
    openPage(server, page, request, viewport = {}) {
      const asked = { ...defaults, ...request };
      const prometheus = `${new URL(server.url).pathname.replace(/\/$/, '')}/prometheus`;
      const hash = encodeURIComponent(JSON.stringify({ ...asked, prometheus }));
      return browser.open(`${server.url}/${page}.html#${hash}`, { width: 1280, height: 960, ...viewport });
    },
  };
}

/** A panel definition with its queries. */
export function panelOf(queries, spec = {}) {
  return { display: { name: 'Where the seconds go' }, plugin: { kind: 'InferenceTriage', spec }, queries };
}

/** A query of the panel. */
export function queryOf(query, { name, minStep = '15s' } = {}) {
  const plugin = { kind: 'PrometheusTimeSeriesQuery', spec: { query, minStep } };
  return { kind: 'TimeSeriesQuery', spec: { ...(name === undefined ? {} : { name }), plugin } };
}

/** The latest report once `isWanted` accepts it, with its JSON text; fails with what the page shows when none comes. */
export async function reportOf(page, isWanted = () => true, timeout = 30_000) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const latest = await page.evaluate(() => globalThis.reports.at(-1));
    if (latest && isWanted(latest.report)) return latest;
    if (Date.now() > deadline) {
      const problems = JSON.stringify(await page.evaluate(() => globalThis.problems));
      throw new Error(`no such report within ${timeout} ms; problems: ${problems}; shown: ${await shownText(page)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Everything a reader can see on the page, shadow roots included. */
export function shownText(page) {
  return page.evaluate(() => {
    const hidden = new Set(['STYLE', 'SCRIPT', 'TEMPLATE']);
    const collect = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      if (node.nodeType === Node.ELEMENT_NODE && (hidden.has(node.tagName) || !node.checkVisibility())) return '';
      return [...(node.shadowRoot ?? node).childNodes].map(collect).join(' ');
    };
    return collect(document.body).replace(/\s+/g, ' ').trim();
  });
}

/** Waits until the reader sees text that matches. */
export async function waitForText(page, pattern, timeout = 20_000) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const text = await shownText(page);
    if (pattern.test(text)) return text;
    if (Date.now() > deadline) throw new Error(`${pattern} did not appear within ${timeout} ms; shown: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A picture in tests/artefacts/perses/, for people to look at. */
export async function takePicture(page, name) {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: path.join(artefacts, `${name}.png`), fullPage: true });
}
