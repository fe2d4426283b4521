// How every test, benchmark and picture starts Chromium.

import { requireTools } from './tools.mjs';

/** As root, without a graphics card, and without the calls home that a closed network refuses. */
export const chromiumArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Options of playwright-core's `launch`; `more` are arguments beside the usual ones. */
export function chromiumLaunch(...more) {
  return {
    executablePath: requireTools(['chromium']).chromium,
    args: [...chromiumArguments, ...more],
  };
}
