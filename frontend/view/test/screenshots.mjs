// Pictures of every state in every look and size: `npm run screenshots --workspace frontend/view`.
// They go to tests/artefacts/view, to be looked at; nothing compares them.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { folder, show, startBrowser } from './browser.mjs';

const target = path.join(folder, '../../tests/artefacts/view');
const WIDTHS = [1600, 1248, 800, 400, 360, 200];
const LOOKS = [
  { name: 'light', theme: { scheme: 'light' } },
  { name: 'dark', theme: { scheme: 'dark' } },
];
const MORE_LOOKS = [
  { name: 'light-high-contrast', theme: { scheme: 'light', highContrast: true } },
  { name: 'dark-high-contrast', theme: { scheme: 'dark', highContrast: true } },
  {
    name: 'forced-colors',
    theme: { scheme: 'dark' },
    options: { forcedColors: 'active', colorScheme: 'dark' },
  },
  { name: 'compact', theme: { scheme: 'dark', density: 'compact' } },
];
const STATES = [
  'before',
  'healthy',
  'cannotTell',
  'estimated',
  'scopes',
  'manyScopes',
  'partial',
  'hostile',
  'loading',
  'stale',
  'setup',
  'no-data',
  'refused',
  'error',
  'error-stale',
];
const LOW = [
  [320, 100],
  [500, 40],
  [1248, 0],
];

async function picture(browser, state, width, { name, theme, options = {} }, height) {
  const viewport = { width: width + 32, height: 640 };
  const page = await browser.open({
    viewport,
    deviceScaleFactor: width <= 400 ? 2 : 1,
    ...options,
  });
  await show(page, state, { width, theme, ...(height === undefined ? {} : { height }) });
  // The dimming of stale data waits before it starts.
  await page.waitForTimeout(state === 'stale' ? 700 : 100);
  const file = `${state}-${width}${height === undefined ? '' : `x${height}`}-${name}.png`;
  await page.screenshot({ path: path.join(target, file), fullPage: true });
  await page.context().close();
}

await mkdir(target, { recursive: true });
const browser = await startBrowser();
for (const width of WIDTHS) for (const look of LOOKS) await picture(browser, 'onset', width, look);
for (const look of MORE_LOOKS) await picture(browser, 'onset', 1248, look);
for (const state of STATES) {
  await picture(browser, state, 1248, LOOKS[0]);
  await picture(browser, state, 400, LOOKS[1]);
}
for (const [width, height] of LOW) await picture(browser, 'onset', width, LOOKS[1], height);
await browser.close();
console.log(`pictures are in ${path.relative(process.cwd(), target)}`);
