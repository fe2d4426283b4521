// Another window is another diagnosis: at once, and without a request.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../browser.mjs';
import { withoutFullStop } from '../reading.mjs';
import { reportOf, waitForVerdict, waitUntilGone } from './element.mjs';
import { attributesFor, onsetTime, prometheusWith } from './incidents.mjs';
import { elementPage, startPageServer } from './page-server.mjs';

let browser, prometheus, server;
before(async () => {
  browser = await startBrowser();
  prometheus = await prometheusWith('onset');
  server = await startPageServer({
    pages: { '/': elementPage(attributesFor('onset')) },
    prometheus: prometheus.url,
  });
});
after(async () => {
  await browser.stop();
  await server.stop();
  await prometheus.stop();
});

const healthy = { start: (onsetTime - 20 * 60) * 1000, end: (onsetTime - 5 * 60) * 1000 };

/** Opens the page, waits for its first report, and forgets the requests made so far. */
async function openLoaded() {
  const opened = await browser.open(`${server.url}/`);
  const report = await reportOf(opened.page);
  assert.equal(report.verdict.id, 'slot-cap');
  opened.requests.length = 0;
  return opened;
}

test('a window set by the page gives its report before the call returns', async () => {
  const { page, requests, errors } = await openLoaded();
  const seen = await page.evaluate((window) => {
    const element = document.querySelector('inference-triage');
    const events = [];
    for (const type of ['inference-triage-window', 'inference-triage-report']) {
      document.addEventListener(type, (event) => events.push([type, event.detail]), { once: true });
    }
    element.window = window;
    return { verdict: element.report().verdict, events, window: element.window };
  }, healthy);
  assert.equal(seen.verdict.id, 'healthy');
  assert.deepEqual(seen.window, healthy);
  assert.deepEqual(seen.events.map(([type]) => type).sort(), [
    'inference-triage-report',
    'inference-triage-window',
  ]);
  assert.deepEqual(seen.events.find(([type]) => type.endsWith('window'))[1], { window: healthy });
  await waitForVerdict(page, seen);
  await page.evaluate(() => (document.querySelector('inference-triage').window = undefined));
  assert.equal((await reportOf(page)).verdict.id, 'slot-cap');
  assert.deepEqual(
    requests.map((request) => request.url()),
    [],
  );
  assert.deepEqual(errors, []);
});

test('a drag across the healthy half flips the verdict on screen', async () => {
  const { page, requests, errors } = await openLoaded();
  const before = (await reportOf(page)).verdict.sentence;
  const strip = page.locator('inference-triage .u-over').first();
  await strip.scrollIntoViewIfNeeded();
  const box = await strip.boundingBox();
  const at = (share) => box.x + share * box.width;
  const middle = box.y + box.height / 2;
  await page.mouse.move(at(0.15), middle);
  await page.mouse.down();
  await page.mouse.move(at(0.3), middle, { steps: 5 });
  await page.mouse.move(at(0.45), middle, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(
    () => document.querySelector('inference-triage').report().verdict.id === 'healthy',
  );
  const report = await reportOf(page);
  await waitForVerdict(page, report);
  await waitUntilGone(page, withoutFullStop(before));
  assert.ok(report.window.end <= onsetTime * 1000);
  assert.deepEqual(
    requests.map((request) => request.url()),
    [],
  );
  assert.deepEqual(errors, []);
});

test('settings change the report without a request too', async () => {
  const { page, requests } = await openLoaded();
  await page.evaluate(() =>
    document.querySelector('inference-triage').setAttribute('slo', 'ttft=9,e2e=60'),
  );
  await page.waitForFunction(
    () => document.querySelector('inference-triage').report().signals.ttft.attainment?.target === 9,
  );
  await page.evaluate(
    () => (document.querySelector('inference-triage').settings = { quantiles: [0.9] }),
  );
  await page.waitForFunction(
    () => document.querySelector('inference-triage').report().signals.ttft.quantiles[0].q === 0.9,
  );
  assert.deepEqual(
    requests.map((request) => request.url()),
    [],
  );
});
