// Brush → new report in a browser: the wasm engine's whole report against plain JavaScript doing the sums.

import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { root } from '../../deploy/steps/process.mjs';
import { startStaticServer } from '../../deploy/steps/static-server.mjs';
import { chromiumLaunch } from '../../deploy/steps/chromium.mjs';
import { fleetResponse, start, step as scrapeStep, steps as scrapes } from './fleet.mjs';
import { formatRatio, percentiles, ratios } from './ratio.mjs';
import { quantiles } from './sums.mjs';

const rounds = 11;
/** Scrapes per step: 960 points over the day, what a panel of that many pixels asks for. */
const every = 6;
const step = every * scrapeStep;
const windowSteps = 30;
const frameMs = 16.7;

const at = (index) => (start + index * step) * 1000;
const steps = scrapes / every;
const baseline = { start: at(0), end: at(steps / 2) };
const windows = [];
for (let end = steps / 2 + windowSteps; end < steps; end++)
  windows.push({ start: at(end - windowSteps), end: at(end) });

const here = path.dirname(fileURLToPath(import.meta.url));

/** One folder with all that the page loads; returns its path. */
function pageFolder(response) {
  const folder = path.join(path.dirname(response), 'brush-page');
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['dist', 'wasm']) {
    cpSync(path.join(root, 'frontend/engine', part), path.join(folder, 'engine', part), { recursive: true });
  }
  cpSync(path.join(here, 'brush'), path.join(folder, 'brush'), { recursive: true });
  cpSync(path.join(here, 'sums.mjs'), path.join(folder, 'sums.mjs'));
  cpSync(response, path.join(folder, 'response.json'));
  return folder;
}

function near(actual, expected, what) {
  const isNear = Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
  assert.ok(isNear, `${what}: ${actual} against ${expected}`);
}

/** Nobody may win by computing something else. */
function assertSameAnswer({ report, sums }) {
  assert.equal(report.baseline.start, baseline.start);
  assert.equal(report.baseline.end, baseline.end);
  for (const [signal, now] of Object.entries(sums.window)) {
    const measured = report.signals[signal];
    const then = sums.baseline[signal];
    near(measured.mean, now.mean, `${signal} mean`);
    near(measured.baseline_mean, then.mean, `${signal} baseline mean`);
    if (now.points === undefined) {
      near(measured.min, now.min, `${signal} min`);
      near(measured.max, now.max, `${signal} max`);
    } else if (measured.unit === 's') {
      assert.equal(measured.count, now.count, `${signal} count`);
      quantiles.forEach((q, index) => {
        assert.equal(measured.quantiles[index].q, q);
        near(measured.quantiles[index].point, now.points[index], `${signal} p${100 * q}`);
        near(measured.baseline_quantiles[index].point, then.points[index], `${signal} baseline p${100 * q}`);
      });
    }
  }
}

async function measure(page) {
  const both = (window) => page.evaluate((chosen) => globalThis.contestants.both(chosen), window);
  for (const share of [0, 0.2, 0.5, 0.8, 0.9, 0.95, 1]) {
    assertSameAnswer(await both(windows[Math.round(share * (windows.length - 1))]));
  }
  const sweep = (contestant) => page.evaluate((name) => globalThis.contestants.sweep(name), contestant);
  const measured = [];
  for (let round = -1; round < rounds; round++) {
    const order = ['ours', 'rival', 'ownBaseline', 'withoutParsing', 'configureOnly'];
    // Alternating who goes first keeps what one leaves behind from always hitting the other.
    if (round % 2 !== 0) order.reverse();
    const ms = {};
    for (const contestant of order) ms[contestant] = await sweep(contestant);
    // The first round is for the compilers.
    if (round >= 0) measured.push(ms);
  }
  return measured;
}

function table(measured) {
  const ms = (contestant) => {
    const [low, median, high] = percentiles(measured.map((round) => round[contestant]));
    return `${median.toFixed(3)} ms [${low.toFixed(3)}..${high.toFixed(3)}]`;
  };
  const [, median] = percentiles(measured.map(({ ours }) => ours));
  const frame = `${median <= frameMs ? 'fits' : 'does not fit'} in a frame of ${frameMs} ms`;
  return `
| brush → new report, 4 replicas × 24 h at ${step} s, headless Chromium (${rounds} interleaved rounds of ${windows.length} moves) | median ratio [p25..p75] |
|---|--:|
| plain JavaScript (typed arrays prepared beforehand, sums only) ÷ wasm engine (configure + whole report) | ${formatRatio(ratios(measured))} |

The JavaScript computes increases, merged buckets, means and PromQL's points of 11 histogram families and mean, min and max of
4 gauges, for the window and its baseline. It has no bounds, sampling intervals, identity checks, limits, phases, findings,
evidence or verdict, checks no settings, takes clean data on one grid for granted, and hands over objects where the engine
writes JSON that the page parses.

| recorded on this machine, no claim: one move | median [p25..p75] |
|---|--:|
| wasm engine: configure + report; ${frame} | ${ms('ours')} |
| the same with the baseline that the engine finds itself | ${ms('ownBaseline')} |
| of the first: without decoding and JSON.parse | ${ms('withoutParsing')} |
| of the first: configure alone | ${ms('configureOnly')} |
| plain JavaScript | ${ms('rival')} |
`;
}

const server = await startStaticServer(pageFolder(await fleetResponse({ every })));
try {
  const browser = await chromium.launch(chromiumLaunch());
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}brush/`);
    await page.evaluate(
      async ({ address, task }) => {
        const { prepare } = await import(`${address}brush/page.mjs`);
        globalThis.contestants = await prepare(`${address}response.json`, task);
      },
      { address: server.url, task: { windows, baseline } },
    );
    console.log(table(await measure(page)));
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
}
