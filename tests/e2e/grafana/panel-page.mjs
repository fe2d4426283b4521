// A page with panels in Grafana's runtime, and what a reader sees in them.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { root } from '../../../deploy/steps/process.mjs';
import { pluginId } from '../../../deploy/steps/grafana-columns.mjs';
import { inputs } from '../portal/incidents.mjs';

const artefacts = path.join(root, 'tests/artefacts/grafana');

/**
 * Grafana asks for fonts and icons that its packages do not contain; a failed request for them says
 * nothing.
 */
const isGrafanas = (pathname) => /\/(fonts|img\/icons)\//.test(pathname);

/** One query that a reader would paste: every series of the engine. */
export const rawTarget = {
  refId: 'A',
  expr: '{__name__=~"vllm:.+",__name__!~".+_created"}',
  range: true,
};

/** The range of an incident as the time picker writes it. */
export function rangeOf(name) {
  const { end, range } = inputs[name];
  const seconds = { m: 60, h: 3600 }[range.at(-1)] * Number.parseInt(range, 10);
  return {
    from: new Date((end - seconds) * 1000).toISOString(),
    to: new Date(end * 1000).toISOString(),
  };
}

/** The setting of a panel under test. */
export const triage = (panel) => ({
  pluginId,
  title: 'Triage',
  width: 1000,
  height: 900,
  targets: [rawTarget],
  ...panel,
});

/**
 * Opens Grafana with a setting. `before`: a script that runs in the page before anything else. The
 * page's `errors` are what it complained about: exceptions, console errors, files it missed.
 */
export async function openGrafana(browser, grafana, setting, { before, ...look } = {}) {
  const { page, errors } = await browser.open(undefined, { width: 1280, height: 1000, ...look });
  if (before) await page.addInitScript(before);
  await page.goto(grafana.pageFor(setting));
  const complaints = () => [
    ...errors.filter((text) => !text.startsWith('Failed to load resource')),
    ...grafana.missing
      .filter((pathname) => !isGrafanas(pathname))
      .map((pathname) => `missing: ${pathname}`),
  ];
  return { page, complaints };
}

/** The panels of the page in the order of the setting. */
export const panelsIn = (page) => page.locator('[data-viz-panel-key]');

/** A picture in tests/artefacts/grafana/, for people to look at. */
export async function takePicture(target, name) {
  mkdirSync(artefacts, { recursive: true });
  await target.screenshot({ path: path.join(artefacts, `${name}.png`), animations: 'disabled' });
}
