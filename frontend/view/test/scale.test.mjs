// Drawn larger, for a room or a wall: the same view with less room, and pointers that still point.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const wall = { scheme: 'dark', scale: 2.5 };
const size = (page) =>
  page.evaluate(() => {
    const root = document.querySelector('#box > div').shadowRoot.querySelector('.root');
    const { width, height } = root.getBoundingClientRect();
    return { layout: root.dataset.size, width, height, zoom: root.style.zoom };
  });

test('a size is the layout of what it holds at that scale', async () => {
  const page = await browser.open();
  for (const [width, height, scale, layout] of [
    [930, 448, 1, 'medium'],
    [930, 448, 2.5, 'line'],
    [1880, 900, 2.5, 'brief'],
    [1880, 1200, 2.5, 'medium'],
    [1248, 900, 1.5, 'medium'],
  ]) {
    await show(page, 'onset', { width, height, theme: { scheme: 'dark', scale } });
    const drawn = await size(page);
    assert.equal(drawn.layout, layout, `${width} × ${height} at ${scale}`);
    assert.ok(Math.abs(drawn.width - width) < 2 && Math.abs(drawn.height - height) < 2);
    const cut = await page.evaluate(() => {
      const root = document.querySelector('#box > div').shadowRoot.querySelector('.root');
      return root.scrollWidth - root.clientWidth;
    });
    assert.ok(cut <= 0, `${cut} px are cut off`);
  }
  await page.context().close();
});

test('a height that is no whole number of its own pixels hides nothing that fits', async () => {
  const page = await browser.open();
  const left = [];
  for (const height of [430, 431, 432, 433, 434]) {
    await show(page, 'onset', { width: 790, height, theme: wall });
    left.push(
      await page.evaluate(() => {
        const { shadowRoot } = document.querySelector('#box > div');
        return shadowRoot.querySelector('.root').dataset.without;
      }),
    );
  }
  for (const parts of left) assert.doesNotMatch(parts, /about|(^| )impact/);
  await page.context().close();
});

test('where the content decides the height, a refresh does not change it', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1600, theme: wall });
  const before = await size(page);
  for (let refresh = 0; refresh < 3; refresh += 1) {
    await page.evaluate(() => window.stage.showNamed('onset'));
    await settle(page);
  }
  assert.deepEqual(await size(page), before);
  await page.context().close();
});

test('a theme with another scale is drawn at once', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 900 });
  await page.evaluate((theme) => window.stage.view.setTheme(theme), { ...wall, tokens: {} });
  await settle(page);
  assert.deepEqual((await size(page)).zoom, '2.5');
  assert.equal((await size(page)).layout, 'brief');
  await page.context().close();
});

test('cursor, brush and tooltip are where the pointer is', async () => {
  const page = await browser.open({ viewport: { width: 1900, height: 1400 } });
  const said = [];
  for (const scale of [1, 1.5]) {
    await show(page, 'onset', { width: 1248 * scale, theme: { scheme: 'dark', scale } });
    const plot = page.locator('[data-strip] .u-over').first();
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    const x = (share) => box.x + box.width * share;
    await page.mouse.move(x(0.3), box.y + box.height / 2);
    await settle(page);
    const hovered = await page.evaluate(
      () => window.stage.calls.filter(({ name }) => name === 'hover').at(-1).value,
    );
    await page.mouse.move(x(0.05), box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(x(0.2), box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await settle(page);
    const brushed = await page.evaluate(
      () => window.stage.calls.filter(({ name }) => name === 'changeWindow').at(-1).value,
    );
    said.push({ hovered, brushed });
    const number = page.locator('.number').first();
    await number.hover();
    const tip = page.locator('.tooltip:popover-open');
    await tip.waitFor();
    const [own, shown] = [await number.boundingBox(), await tip.boundingBox()];
    assert.ok(Math.abs(shown.y - own.y - own.height) < 20, 'the tooltip is away from its number');
  }
  assert.deepEqual(said[1], said[0]);
  await page.context().close();
});
