// Headless Chromium for tests: pages whose errors fail the test, accessibility, heap.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { chromiumLaunch } from '../../deploy/steps/chromium.mjs';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** Starts a browser with a new profile. */
export async function startBrowser() {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...chromiumLaunch('--js-flags=--expose-gc'),
    chromiumSandbox: false,
    viewport: { width: 1280, height: 900 },
  });
  return {
    context,
    /** A new page; `errors` collects everything the page complains about. */
    async open(url, { width = 1280, height = 900, colorScheme = 'light' } = {}) {
      const page = await context.newPage();
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const errors = [];
      const requests = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('request', (request) => requests.push(request));
      if (url !== undefined) await page.goto(url);
      return { page, errors, requests };
    },
    async stop() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/**
 * Accessibility violations of the whole page, shadow roots included, that axe calls serious or
 * critical.
 */
export async function seriousViolations(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`,
    );
}

/** Bytes of the page's JavaScript heap after a full collection. */
export async function collectedHeap(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
