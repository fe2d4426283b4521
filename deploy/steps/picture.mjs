// Draws docs/picture.png: the panel of the recorded incident with its onset, as the demo page shows
// it.

import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { buildFrontend } from './build.mjs';
import { chromiumLaunch } from './chromium.mjs';
import { root } from './process.mjs';
import { startStaticServer } from './static-server.mjs';

/** The widest layout of the view, with the margins of the page around it. */
const viewport = { width: 1330, height: 1200 };

/** Builds the demo page, opens it in Chromium and writes the picture of its panel. */
export async function drawPicture() {
  await buildFrontend();
  // Installed with the workspaces, which is after this file is read.
  const { chromium } = createRequire(path.join(root, 'package.json'))('playwright-core');
  const server = await startStaticServer(path.join(root, 'frontend/portal/dist/demo'));
  const browser = await chromium.launch(chromiumLaunch());
  try {
    const page = await browser.newPage({ viewport, colorScheme: 'light', timezoneId: 'UTC' });
    await page.goto(server.url);
    const panel = page.locator('inference-triage');
    await panel.getByText('Admission is capped').first().waitFor();
    await page.waitForFunction(() => document.fonts.status === 'loaded');
    mkdirSync(path.join(root, 'docs'), { recursive: true });
    await panel.screenshot({ path: path.join(root, 'docs/picture.png'), animations: 'disabled' });
  } finally {
    await browser.close();
    await server.stop();
  }
}
