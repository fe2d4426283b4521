// The heat map of the recorded onset: painted by the module, read cell by cell, switched between
// signals.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../browser.mjs';
import { reportOf } from './element.mjs';
import { attributesFor, prometheusWith } from './incidents.mjs';
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

/**
 * Share of painted pixels in the halves of the range: [early low, early high, late low, late high].
 */
const painted = (canvas) => {
  const { width, height } = canvas;
  const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  const counts = [0, 0, 0, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (pixels[(y * width + x) * 4 + 3] > 0)
        counts[(x < width / 2 ? 0 : 2) + (y < height / 2 ? 1 : 0)] += 1;
    }
  }
  return counts.map((count) => (count * 4) / (width * height));
};

test('before the onset the first token came fast, after it a part of them waits seconds', async () => {
  const { page, errors } = await browser.open(`${server.url}/`, { width: 1400, height: 1400 });
  await reportOf(page);
  const canvas = page.locator('inference-triage canvas.heat-map');
  await page.getByRole('button', { name: 'Time to first token' }).click();
  const [earlyLow, earlyHigh, , lateHigh] = await canvas.evaluate(painted);
  assert.ok(earlyLow > 0.2, `fast first tokens are painted, ${earlyLow}`);
  assert.equal(earlyHigh, 0, 'and no slow ones');
  assert.ok(lateHigh > 0.1, `slow ones come after, ${lateHigh}`);
  assert.deepEqual(errors, []);
});

test('keys read the cells, whose counts are those of the table, and the switch shows another signal', async () => {
  const { page } = await browser.open(`${server.url}/`, { width: 1400, height: 1400 });
  const report = await reportOf(page);
  // Of a slot cap the queue is shown first.
  await page.getByRole('heading', { name: 'Queue time over time' }).waitFor();
  await page.getByRole('button', { name: 'Time to first token' }).click();
  const area = page.locator('inference-triage .heat-area');
  const readout = page.locator('inference-triage .heat-readout');
  await area.focus();
  await page.keyboard.press('ArrowLeft');
  assert.match(
    await readout.innerText(),
    /\d\d:\d\d:\d\d.*5\ss – 7\.5\ss · \d+ of \d+ observations \(\d+\s%\); p95 of the column/,
  );
  await page.keyboard.press('Escape');
  assert.match(await readout.innerText(), /^Point at a cell/);

  await page.getByText('This heat map as a table').click();
  const cells = await page
    .locator('inference-triage .heat .strip-table td.right:nth-child(2)')
    .allInnerTexts();
  const total = cells.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
  assert.ok(
    total > report.signals.ttft.count,
    'the table is about the whole range, the report about its window',
  );

  await page.getByRole('button', { name: 'End to end' }).click();
  await page.getByRole('heading', { name: 'End to end over time' }).waitFor();
});

test('a window is marked, and choosing one leaves the cells as they are', async () => {
  const { page } = await browser.open(`${server.url}/`, { width: 1400, height: 1400 });
  const { range } = await reportOf(page);
  const canvas = page.locator('inference-triage canvas.heat-map');
  const before = await canvas.evaluate(painted);
  const third = Math.round((range.end - range.start) / 3);
  await page.evaluate((window) => (document.querySelector('inference-triage').window = window), {
    start: range.start,
    end: range.start + third,
  });
  assert.deepEqual(await canvas.evaluate(painted), before);
  const left = await page
    .locator('inference-triage .heat-area .region-window')
    .evaluate((mark) => mark.style.left);
  assert.equal(Number.parseFloat(left), 0);
});
