// A live Prometheus: tails, failures with old data kept, memory.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { root } from '../../../deploy/steps/process.mjs';
import { eventually, untilQuiet } from '../../eventually.mjs';
import { collectedHeap, startBrowser } from '../browser.mjs';
import { finishRequests, startLiveEngine } from '../live-engine.mjs';
import { withoutFullStop } from '../reading.mjs';
import { reportOf, waitForText, waitUntilGone } from './element.mjs';
import { elementPage, packageFolder, startPageServer } from './page-server.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.stop());

/** A live engine behind a page with the element. */
const startLive = (attributes) =>
  startLiveEngine(({ url }) => {
    const folders = { '/portal/': packageFolder, '/engine/': `${root}/frontend/engine/` };
    const pages = { '/': elementPage(`url="/prometheus" ${attributes}`) };
    return startPageServer({ pages, folders, prometheus: url });
  });

/** Range queries among requests, as forms of numbers. */
function rangeForms(requests) {
  return requests
    .filter((request) => request.url().endsWith('/query_range'))
    .map((request) => Object.fromEntries(new URLSearchParams(request.postData())))
    .map(({ query, start, end, step }) => ({
      query,
      start: Number(start),
      end: Number(end),
      step: Number(step),
    }));
}

const refresh = (page) => page.evaluate(() => document.querySelector('inference-triage').refresh());

test('a refresh fetches the tail only, and the verdict follows the engine', async () => {
  const live = await startLive('range="5m"');
  try {
    const { page, requests, errors } = await browser.open(`${live.host.url}/`);
    await page.waitForFunction(() => document.querySelector('inference-triage').report?.());
    const first = rangeForms(requests);
    assert.ok(first.length > 5, `${first.length} queries`);
    assert.ok(
      first.every(({ start, end, step }) => step === 1 && end - start >= 300 && end - start <= 301),
    );
    requests.length = 0;

    await finishRequests(live);
    await refresh(page);
    const tails = rangeForms(requests);
    assert.equal(tails.length, first.length);
    for (const { query, start, end } of tails) {
      const earlier = first.find((form) => form.query === query);
      assert.equal(start, earlier.end - earlier.step, 'one step of overlap');
      assert.ok(end > earlier.end && end - start < 60);
    }
    const report = await reportOf(page);
    assert.equal(report.verdict.id, 'slot-cap', report.verdict.sentence);
    assert.equal(Math.round(report.window.finished_requests), 96);
    assert.deepEqual(errors, []);
  } finally {
    await live.stop();
  }
});

test('by itself it refreshes as often as asked, and not while the page is hidden', async () => {
  const live = await startLive('range="5m" refresh="1s"');
  try {
    const { page, requests } = await browser.open(`${live.host.url}/`);
    await page.waitForFunction(() => document.querySelector('inference-triage').report?.());
    const first = rangeForms(requests).length;
    const loaded = Date.now();
    await eventually('a third refresh', () => rangeForms(requests).length >= 4 * first);
    const seconds = (Date.now() - loaded) / 1000;
    assert.ok(seconds > 2, `three refreshes within ${seconds} s`);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await untilQuiet('the refresh under way', () => requests.length, 1_500);
    requests.length = 0;
    await page.waitForTimeout(2_500);
    assert.equal(requests.length, 0);
    await page.evaluate(() => {
      delete document.visibilityState;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await eventually('a request of the page that is seen again', () => requests.length > 0);
  } finally {
    await live.stop();
  }
});

test('a server that stops is named, the old report stays, and a comeback is taken up', async () => {
  const live = await startLive('range="5m"');
  try {
    await finishRequests(live);
    const { page } = await browser.open(`${live.host.url}/`);
    const { verdict } = await reportOf(page);
    live.host.upstream.url = undefined;
    const problem = await page.evaluate(async () => {
      const told = new Promise((resolve) =>
        document.addEventListener('inference-triage-error', (event) => resolve(event.detail), {
          once: true,
        }),
      );
      await document.querySelector('inference-triage').refresh();
      return told;
    });
    assert.equal(problem.code, 'server-error');
    const shown = await waitForText(page, /failed \(502\)/);
    assert.ok(
      shown.includes(withoutFullStop(verdict.sentence)),
      `the old verdict is gone: ${shown}`,
    );
    live.host.upstream.url = live.prometheus.url;
    await refresh(page);
    await waitUntilGone(page, 'failed (502)');
    assert.equal((await reportOf(page)).verdict.id, verdict.id);
  } finally {
    await live.stop();
  }
});

test('a selected window survives refreshes, and is dropped with a word when it has left the range', async () => {
  const live = await startLive('range="20s"');
  try {
    const { page } = await browser.open(`${live.host.url}/`);
    const { range } = await reportOf(page);
    const selected = { start: range.start + 8_000, end: range.start + 12_000 };
    const now = await page.evaluate(async (window) => {
      const element = document.querySelector('inference-triage');
      document.addEventListener(
        'inference-triage-window',
        (event) => (globalThis.told = event.detail),
      );
      element.window = window;
      await element.refresh();
      return element.report();
    }, selected);
    assert.ok(
      now.range.start > selected.start || now.window.start === selected.start,
      'a window inside the range stays',
    );
    const deadline = Date.now() + 60_000;
    while (
      await page.evaluate(() => document.querySelector('inference-triage').window !== undefined)
    ) {
      assert.ok(Date.now() < deadline, 'the window is still selected after a minute');
      await page.waitForTimeout(1_000);
      await refresh(page);
    }
    await waitForText(page, /selected window has left the range/);
    assert.equal(await page.evaluate(() => globalThis.told.window), undefined);
    const latest = await reportOf(page);
    assert.ok(latest.range.start > selected.start);
    assert.ok(latest.window.end > selected.end);
  } finally {
    await live.stop();
  }
});

test('memory stays flat over 200 refreshes', { timeout: 180_000 }, async () => {
  const live = await startLive('range="1m"');
  try {
    await finishRequests(live);
    const { page, requests } = await browser.open(`${live.host.url}/`);
    await reportOf(page);
    const session = await page.context().newCDPSession(page);
    const samples = [];
    for (let round = 0; round < 200; round += 1) {
      await refresh(page);
      requests.length = 0;
      if (round % 10 === 9) samples.push(await memoryOf(page, session));
    }
    const lowest = (part, key) => Math.min(...part.map((sample) => sample[key]));
    const [early, late] = [samples.slice(2, 8), samples.slice(-6)];
    const megabyte = 1_000_000;
    for (const key of ['wasm', 'heap']) {
      const growth = lowest(late, key) - lowest(early, key);
      const seen = samples.map((sample) => (sample[key] / megabyte).toFixed(2)).join(' ');
      assert.ok(growth < megabyte, `${key} grew by ${(growth / megabyte).toFixed(2)} MB: ${seen}`);
    }
  } finally {
    await live.stop();
  }
});

/** Bytes of wasm memory and of the collected JavaScript heap. */
async function memoryOf(page, session) {
  const wasm = await page.evaluate(async () => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const state = await loadEngine('/engine/dist/inference_triage.wasm');
    return state.engine.memoryBytes;
  });
  return { wasm, heap: await collectedHeap(session) };
}
