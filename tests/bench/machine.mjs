// What a run ran on, as far as a reader needs it.

import os from 'node:os';

import { chromiumLaunch } from '../../deploy/steps/chromium.mjs';
import { findTool } from '../../deploy/steps/tools.mjs';
import { outputOf } from '../../deploy/steps/process.mjs';

/** Date, versions, kind of machine, load. */
export async function describeMachine() {
  // Not at the top: the verb loads this file in a fresh clone, before it installs packages.
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch(chromiumLaunch());
  const version = browser.version();
  await browser.close();
  const processors = os.cpus();
  const gigabytes = Math.round(os.totalmem() / 2 ** 30);
  const prometheus = findTool('prometheus');
  return {
    date: new Date().toISOString().slice(0, 10),
    chromium: version,
    node: process.versions.node,
    rust: /\d+\.\d+\.\d+/.exec(outputOf('rustc', ['--version']) ?? '')?.[0],
    prometheus: prometheus && /version (\S+)/.exec(outputOf(prometheus, ['--version']) ?? '')?.[1],
    kind: `${processors.length} processors (${processors[0].model.trim()}), ${gigabytes} GiB, ${os.type()} on ${os.arch()}`,
    load: os.loadavg()[0].toFixed(1),
  };
}
