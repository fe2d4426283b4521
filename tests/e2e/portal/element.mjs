// The web component on a page: its report, what a reader sees of it, pictures of it.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { root } from '../../../deploy/steps/process.mjs';
import { eventually } from '../../eventually.mjs';
import { textOf, untilGone, untilShown, withoutFullStop } from '../reading.mjs';

const artefacts = path.join(root, 'tests/artefacts/portal');

/**
 * Waits until the element has a report, and returns it; fails with the element's text when it does
 * not come.
 */
export async function reportOf(page, selector = 'inference-triage') {
  const report = () =>
    page.evaluate((chosen) => document.querySelector(chosen)?.report?.(), selector);
  return eventually('the element has a report', report, { shown: () => shownText(page, selector) });
}

/** Everything a reader can see of the element, shadow roots included. */
const shownText = (page, selector = 'inference-triage') => textOf(page.locator(selector));

/** Waits until the reader of the element sees a pattern or a text, and returns all there is. */
export const waitForText = (page, wanted) => untilShown(page.locator('inference-triage'), wanted);

/** Waits until the reader of the element no longer sees a pattern or a text. */
export const waitUntilGone = (page, unwanted) =>
  untilGone(page.locator('inference-triage'), unwanted);

/** Waits until the reader of the element sees the sentence of a report's verdict. */
export const waitForVerdict = (page, { verdict }) =>
  waitForText(page, withoutFullStop(verdict.sentence));

/** A picture in tests/artefacts/portal/, for people to look at. */
export async function takePicture(page, name) {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: path.join(artefacts, `${name}.png`), fullPage: true });
}
