// A page of the view in real Chromium: bundle, local server with a strict policy, browser.

import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { chromium } from 'playwright-core';

import { chromiumLaunch } from '../../../deploy/steps/chromium.mjs';
import { cssText } from '../build/css-text.mjs';

/** This package's folder. */
export const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** No inline style, no inline script, nothing from elsewhere. */
export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'";

/** Bundles `test/page/main.ts`; answers the script's text. */
async function bundlePage() {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['test/page/main.ts'],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    plugins: [cssText],
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

/**
 * Starts server and browser. `open(options)` gives a fresh page on which `window.stage` is ready;
 * `policy` replaces the content-security policy, `options` go to the browser's context.
 */
export async function startBrowser() {
  const script = await bundlePage();
  let policy = STRICT;
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    });
    response.end(
      '<!doctype html><html lang="en"><title>view</title><body><main></main><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch(chromiumLaunch());
  return {
    async open({ policy: wanted = STRICT, ...options } = {}) {
      policy = wanted;
      const context = await browser.newContext({
        viewport: { width: 1680, height: 1100 },
        ...options,
      });
      const page = await context.newPage();
      page.problems = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) page.problems.push(message.text());
      });
      page.on('pageerror', (error) => page.problems.push(String(error)));
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      await page.waitForFunction(() => window.stage !== undefined);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Mounts the view and shows a named state. */
export async function show(page, name, { width = 1248, height, theme = {}, zoom = true } = {}) {
  await page.evaluate(
    ([state, boxWidth, boxHeight, look, hasZoom]) => {
      window.stage.open(boxWidth, boxHeight, look, hasZoom);
      window.stage.showNamed(state);
    },
    [name, width, height, theme, zoom],
  );
  await page.waitForFunction(
    () =>
      document.querySelector('#box > div')?.shadowRoot?.querySelector('.content')
        ?.childElementCount > 0,
  );
  await settle(page);
}

/** Lets resize observers and animation frames run. */
export async function settle(page) {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1)
      await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}
