// A dashboard that refreshes for hours: the verdict follows the engine, and memory stays what it
// was.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { columns } from '../../../deploy/steps/grafana-columns.mjs';
import { collectedHeap, startBrowser } from '../browser.mjs';
import { finishRequests, startLiveEngine } from '../live-engine.mjs';
import { untilShown } from '../reading.mjs';
import { openGrafana, panelsIn, rawTarget, triage } from './panel-page.mjs';
import { startGrafana } from './server/page-server.mjs';

/** Refreshes of one page, and how often its memory is read. */
const rounds = 200;
const every = 10;

/** Collects the memory of every WebAssembly instance that the page makes. */
const watchWasm = `
  const memories = (window.wasmMemories = new Set());
  const keep = (instance) => {
    for (const value of Object.values(instance.exports))
      if (value instanceof WebAssembly.Memory) memories.add(value);
    return instance;
  };
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct: (target, given) => keep(new target(...given)),
  });
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    keep(made.instance ?? made);
    return made;
  };`;

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.stop());

for (const column of columns) {
  test(
    `${column}: memory stays flat over ${rounds} refreshes`,
    { timeout: 240_000 },
    async (context) => {
      const live = await startLiveEngine(({ url }) => startGrafana({ column, prometheus: url }));
      try {
        const panels = [triage({ targets: [{ ...rawTarget, interval: '1s' }], height: 700 })];
        const setting = { from: 'now-1m', to: 'now', panels };
        const { page, complaints } = await openGrafana(browser, live.host, setting, {
          before: watchWasm,
        });
        await untilShown(panelsIn(page), /0 requests|few requests|No request|cannot/i);
        await finishRequests(live);
        const session = await page.context().newCDPSession(page);
        const samples = [];
        for (let round = 1; round <= rounds; round += 1) {
          await page.evaluate(() => window.harness.refresh());
          if (round === 1) await untilShown(panelsIn(page), /capped at 2 running/);
          if (round % every === 0) samples.push(await memoryOf(page, session));
        }
        assertFlat(samples, context);
        assert.deepEqual(complaints(), []);
        await page.close();
      } finally {
        await live.stop();
      }
    },
  );
}

/** Bytes of wasm memory and of the collected JavaScript heap. */
async function memoryOf(page, session) {
  const wasm = await page.evaluate(() =>
    [...window.wasmMemories].reduce((total, { buffer }) => total + buffer.byteLength, 0),
  );
  return { wasm, heap: await collectedHeap(session) };
}

/** The least of the last third may be a megabyte above the least of the third after the warm-up. */
function assertFlat(samples, context) {
  const megabyte = 1_000_000;
  const third = Math.floor(samples.length / 3);
  const least = (part, key) => Math.min(...part.map((sample) => sample[key]));
  for (const key of ['wasm', 'heap']) {
    const seen = samples.map((sample) => (sample[key] / megabyte).toFixed(2)).join(' ');
    context.diagnostic(`${key}, MB: ${seen}`);
    assert.ok(least(samples, key) > 0, `nothing was measured of ${key}`);
    const growth = least(samples.slice(-third), key) - least(samples.slice(2, 2 + third), key);
    assert.ok(growth < megabyte, `${key} grew by ${(growth / megabyte).toFixed(2)} MB: ${seen}`);
  }
}
