// The diagnosis is handed on, at every size.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const lastCall = (page) => page.evaluate(() => window.stage.calls.at(-1));

for (const [width, height] of [
  [1248, undefined],
  [800, undefined],
  [360, undefined],
  [776, 304],
])
  test(`message, link and file are handed on at ${width} × ${height}`, async () => {
    const page = await browser.open();
    await show(page, 'onset', { width, height });
    const button = (name) => page.locator('.share').getByRole('button', { name });
    await button(/copy message/).click();
    assert.match((await lastCall(page)).value, /^\*\*Admission is capped/);
    await page.locator('.share summary').click();
    await button(/copy link/).click();
    assert.equal((await lastCall(page)).value, 'https://portal.example/?triage=1');
    await button(/^save capsule$/).click();
    assert.deepEqual(await lastCall(page), { name: 'saveCapsule', value: false });
    await button(/without names/).click();
    assert.deepEqual(await lastCall(page), { name: 'saveCapsule', value: true });
    await settle(page);
    const box = await page.locator('.share-menu').boundingBox();
    const view = await page.locator('#box').boundingBox();
    assert.ok(box.x >= view.x && box.x + box.width <= view.x + view.width + 1, 'cut at a side');
    assert.ok(box.y >= view.y, 'cut at the top');
    await page.context().close();
  });

test('a host that offers nothing has no buttons for it', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  await page.evaluate(() => {
    window.stage.view.update(
      window.stage.ready('onset', { markdown: undefined, saveCapsule: undefined }),
    );
  });
  await settle(page);
  // Link and picture are services of the stage.
  assert.equal(await page.locator('.share').getByRole('button').count(), 0);
  await page.locator('.share summary').click();
  assert.equal(await page.locator('.share').getByRole('button').count(), 2);
  await page.context().close();
});
