// Two windows are compared: which, in what order, and what is said where they cannot be.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser } from './browser.mjs';
import { load } from './load.mjs';

const { inOrder, otherWindow } = await load('src/sections/comparison/windows.ts');

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const report = (window, baseline = {}) => ({
  range: { start: 0, end: 100, step: 1 },
  window,
  baseline,
});

test('a window is offered where the loaded range holds it beside the diagnosed one', () => {
  const middle = report({ start: 40, end: 60 }, { start: 0, end: 30 });
  assert.deepEqual(otherWindow('baseline', middle), { start: 0, end: 30 });
  assert.deepEqual(otherWindow('previous', middle), { start: 20, end: 40 });
  assert.deepEqual(otherWindow('next', middle), { start: 60, end: 80 });
  const late = report({ start: 10, end: 95 }, { start: 5, end: 20 });
  assert.equal(otherWindow('baseline', late), undefined, 'it overlaps');
  assert.equal(otherWindow('previous', late), undefined, 'it begins before the range');
  assert.equal(otherWindow('next', late), undefined, 'it ends behind the range');
  assert.equal(otherWindow('baseline', report({ start: 40, end: 60 })), undefined);
  assert.deepEqual(otherWindow({ start: 1, end: 2 }, middle), { start: 1, end: 2 });
});

test('the earlier window comes first; windows that share a moment only are apart', () => {
  const [one, other] = [
    { start: 0, end: 10 },
    { start: 10, end: 20 },
  ];
  assert.deepEqual(inOrder(one, other), [one, other]);
  assert.deepEqual(inOrder(other, one), [one, other]);
  assert.equal(inOrder(one, { start: 9, end: 20 }), undefined);
  assert.equal(inOrder(one, one), undefined);
});

const section = (page) => page.locator('.comparison');
const compare = (page) => page.getByRole('button', { name: 'compare', exact: true });
const calls = (page, name) =>
  page.evaluate((wanted) => window.stage.calls.filter((call) => call.name === wanted), name);

for (const [width, height] of [
  [1248, undefined],
  [800, undefined],
  [360, undefined],
  [776, 304],
])
  test(`it opens below the charts and ends again at ${width} × ${height}`, async () => {
    const page = await browser.open();
    await show(page, 'onset', { width, height });
    const fold = page.locator('[data-fold="strips"]');
    if (await fold.count())
      (await await fold.evaluate((element) => element.tagName)) === 'DETAILS'
        ? await fold.locator('summary').click()
        : await fold.click();
    await compare(page).click();
    await settle(page);
    assert.match(await section(page).textContent(), /with the baseline/);
    assert.match(await section(page).locator('.comparison-answer').textContent(), /fail/);
    const box = await section(page).boundingBox();
    const view = await page.locator('#box').boundingBox();
    assert.ok(box.x >= view.x && box.x + box.width <= view.x + view.width + 1, 'cut at a side');
    const wide = await section(page).evaluate((own) => own.scrollWidth - own.clientWidth);
    assert.ok(wide <= 0, `the table is ${wide} px too wide`);
    await page.getByRole('button', { name: 'end comparison' }).click();
    assert.equal(await section(page).count(), 0);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

test('no chart moves when it opens, and no answer is asked for twice', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  const place = () => page.locator('.strip-area').evaluate((area) => area.offsetTop);
  const before = await place();
  await compare(page).click();
  await settle(page);
  assert.equal(await place(), before);
  const asked = await calls(page, 'compare');
  assert.equal(asked.length, 1);
  await page.evaluate(() => window.stage.showNamed('onset'));
  await settle(page);
  assert.equal((await calls(page, 'compare')).length, 1);
  const [first, second] = asked[0].value;
  assert.ok(first.end <= second.start, 'the earlier window first');
  await page.context().close();
});

test('a kept window waits for another one, which the keys may pick', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  await compare(page).click();
  const kept = await page.evaluate(() => window.stage.ready('onset').report.window);
  await page.getByRole('button', { name: 'with one I pick next' }).click();
  assert.match(await section(page).textContent(), /This window is kept/);
  // The whole window goes to the beginning of the range.
  await page.locator('[data-grip="body"]').press('Home');
  await settle(page);
  const [first, second] = (await calls(page, 'compare')).at(-1).value;
  assert.equal(second.start, kept.start);
  assert.ok(first.end <= kept.start);
  assert.equal((await page.locator('.region-other').count()) > 0, true);
  await page.context().close();
});

test('the comparison is copied as the core writes it, and a refusal is a sentence', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  await compare(page).click();
  await page.getByRole('button', { name: /copy comparison/ }).click();
  assert.equal((await calls(page, 'copy')).at(-1).value, '**FAIL** `gemma`');
  await page.evaluate(() => {
    const refusing = {
      revision: 2,
      read: () => 'the window after holds one sample',
      markdown: () => '',
    };
    window.stage.show(window.stage.ready('onset', { comparison: refusing }));
  });
  await settle(page);
  assert.match(await section(page).textContent(), /The window after holds one sample\./);
  assert.equal(await section(page).locator('table').count(), 0);
  await page.context().close();
});

test('a host that compares nothing has no button for it', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  await page.evaluate(() =>
    window.stage.show(window.stage.ready('onset', { comparison: undefined })),
  );
  await settle(page);
  assert.equal(await compare(page).count(), 0);
  await page.context().close();
});
