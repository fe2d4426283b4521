// The panel as a picture: as large as the panel, and the same to look at.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser, STRICT } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

/** A policy as dashboards have it. */
const WITH_DATA = STRICT.replace("img-src 'self'", "img-src 'self' data:");

async function save(page) {
  await page.locator('.share summary').click();
  await page.getByRole('button', { name: 'save picture' }).click();
  await page.waitForFunction(() => window.stage.calls.some(({ name }) => name === 'saveFile'));
}

for (const scheme of ['light', 'dark'])
  test(`what is saved is what is on screen, ${scheme}`, async () => {
    const page = await browser.open({ policy: WITH_DATA });
    await show(page, 'onset', { theme: { scheme } });
    await settle(page);
    await save(page);
    const { value } = await page.evaluate(() => window.stage.calls.at(-1));
    assert.match(value, /^inference-triage-slot-cap-\d{4}(-\d\d){4}\.png$/);
    await page.locator('.share summary').click();
    await settle(page);
    const screen = await page.locator('#box').screenshot();
    const { size, difference } = await page.evaluate(async (bytes) => {
      const pixelsOf = async (blob) => {
        const bitmap = await createImageBitmap(blob);
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        const context = canvas.getContext('2d');
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, bitmap.width, bitmap.height);
      };
      const saved = await pixelsOf(window.stage.file);
      const shown = await pixelsOf(
        new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]),
      );
      let sum = 0;
      const rows = Math.min(saved.height, shown.height);
      const length = rows * saved.width * 4;
      for (let index = 0; index < length; index += 1)
        sum += Math.abs(saved.data[index] - shown.data[index]);
      return {
        size: [saved.width, saved.height, shown.width, shown.height],
        difference: sum / length,
      };
    }, screen.toString('base64'));
    const [width, height, shownWidth, shownHeight] = size;
    assert.equal(width, shownWidth);
    assert.ok(height >= shownHeight - 2, `${height} of ${shownHeight} px`);
    // Of 255: the letters of a page and of its copy fall on other fractions of a pixel; a lost
    // style sheet, theme or chart is ten times as much.
    assert.ok(difference < 3, `mean difference ${difference}`);
    await page.context().close();
  });

test('a policy that forbids it is told, with another way', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  await page.locator('.share summary').click();
  await page.getByRole('button', { name: 'save picture' }).click();
  await page.waitForFunction(() => window.stage.calls.some(({ name }) => name === 'notify'));
  const { value } = await page.evaluate(() => window.stage.calls.at(-1));
  assert.match(value, /did not allow a picture/);
  await page.context().close();
});
