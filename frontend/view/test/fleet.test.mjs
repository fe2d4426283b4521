// The table of replicas: who stands out comes first, order and groups are the reader's, and of a
// thousand only those in sight are drawn.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const plain = (text) => text.replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ').trim();

/** The cells of every row in the table, and of heads of groups the one they have. */
async function rowsOf(page) {
  const rows = await page.evaluate(() =>
    [
      ...document
        .querySelector('#box > div')
        .shadowRoot.querySelectorAll('.fleet tbody tr:not(.fleet-gap)'),
    ].map((row) => [...row.cells].map((cell) => cell.innerText)),
  );
  return rows.map((cells) => cells.map(plain));
}

const namesOf = async (page) => (await rowsOf(page)).map(([name]) => name);
const calls = (page, wanted) =>
  page.evaluate(
    (name) => window.stage.calls.filter((call) => call.name === name).map(({ value }) => value),
    wanted,
  );

/** Waits until every verdict is there. */
const judged = (page) =>
  page.waitForFunction(
    () =>
      document
        .querySelector('#box > div')
        .shadowRoot.querySelector('.fleet [aria-label="being judged"]') === null,
  );

test('who stands out is first, with the reason; absent is not zero', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.evaluate(() => window.stage.show(window.stage.ready('fleet')));
  await judged(page);
  const rows = await rowsOf(page);
  assert.deepEqual(rows[0], [
    'vllm-2/0',
    'slow',
    'Warning: slow decode',
    '10 %',
    '4 · 6 of 8',
    '2 · 3',
    '25 %',
    '0.1 s',
    '44 ms',
    '× 2.2',
  ]);
  assert.deepEqual(
    rows.map(([name]) => name),
    ['vllm-2/0', 'vllm-0/0', 'vllm-1/0', 'vllm-3/0'],
  );
  assert.equal(rows[1][1], '–');
  assert.equal(rows[1][6], '–', 'its cache is not exported');
  const heads = await page.locator('.fleet thead th').allInnerTexts();
  assert.ok(!heads.map(plain).includes('failed'), 'nothing failed');
  const tip = await page.locator('.fleet-mark .number').first().getAttribute('data-tip');
  assert.match(tip, /A token takes at least 2\.2 times as long\./);
  assert.match(tip, /The verdict is about this replica\./);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a head sorts by its column, the largest first, then the other way, and one goes back', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.evaluate(() => window.stage.show(window.stage.ready('fleet')));
  const head = page.locator('.fleet thead th', { hasText: 'running' });
  await head.locator('button').click();
  assert.deepEqual(await namesOf(page), ['vllm-3/0', 'vllm-2/0', 'vllm-1/0', 'vllm-0/0']);
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  await head.locator('button').click();
  assert.deepEqual(await namesOf(page), ['vllm-0/0', 'vllm-1/0', 'vllm-2/0', 'vllm-3/0']);
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  // Absent values come last either way.
  const cache = page.locator('.fleet thead th', { hasText: 'KV cache' }).locator('button');
  await cache.click();
  assert.equal((await namesOf(page)).at(-1), 'vllm-0/0');
  await cache.click();
  assert.equal((await namesOf(page)).at(-1), 'vllm-0/0');
  await page.getByRole('button', { name: 'Those that stand out first' }).click();
  assert.equal((await namesOf(page))[0], 'vllm-2/0');
  await page.context().close();
});

test('groups have heads that add up, also for those that say nothing', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.evaluate(() => window.stage.show(window.stage.ready('fleet')));
  await page.locator('.fleet-controls select').selectOption('version');
  const names = await namesOf(page);
  assert.deepEqual(names, [
    '0.26.0 3 replicas · 30 % of the load · 2 wait · 1 stands out',
    'vllm-2/0',
    'vllm-0/0',
    'vllm-3/0',
    'not said 1 replica · 10 % of the load · 0 wait',
    'vllm-1/0',
  ]);
  await page.context().close();
});

test('a click looks at one replica alone, and one goes back to all', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.evaluate(() => window.stage.show(window.stage.ready('fleet')));
  await page.getByRole('button', { name: 'vllm-1/0' }).click();
  assert.deepEqual(await calls(page, 'changeReplica'), ['vllm-1/0']);
  await page.evaluate(() =>
    window.stage.show(window.stage.ready('fleet', { replica: 'vllm-1/0' })),
  );
  await settle(page);
  assert.match(
    await page.locator('.fleet-alone').innerText(),
    /The diagnosis is of vllm-1\/0 alone/,
  );
  const chosen = page.getByRole('button', { name: 'vllm-1/0' });
  assert.equal(await chosen.getAttribute('aria-pressed'), 'true');
  await page.getByRole('button', { name: 'All replicas' }).click();
  assert.deepEqual((await calls(page, 'changeReplica')).length, 2);
  await page.context().close();
});

test('of a thousand replicas those in sight are drawn, and each can be found', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.evaluate(() => window.stage.show(window.stage.ready('thousandReplicas')));
  await judged(page);
  const drawn = () => page.locator('.fleet tbody tr:not(.fleet-gap)').count();
  assert.ok((await drawn()) <= 64, `${await drawn()} rows`);
  assert.equal(await page.locator('.fleet table').getAttribute('aria-rowcount'), '1001');
  const heightOf = () => page.locator('.fleet table').evaluate((table) => table.offsetHeight);
  const before = await heightOf();
  await page.locator('.fleet-scroll').evaluate((scroll) => {
    scroll.scrollTop = scroll.scrollHeight;
  });
  await page.getByRole('button', { name: 'vllm-999/0' }).waitFor();
  assert.ok((await drawn()) <= 64);
  assert.ok(Math.abs((await heightOf()) - before) <= 2, 'the table keeps its height');
  await page.locator('.fleet-controls input').fill('VLLM-41');
  assert.equal((await namesOf(page)).length, 11, 'vllm-41 and vllm-410 to vllm-419');
  await page.locator('.fleet-controls input').fill('nobody');
  assert.match(await page.locator('.fleet').innerText(), /No replica has “nobody” in its name/);
  await page.context().close();
});

test('replicas are judged only where the table is open', async () => {
  const page = await browser.open();
  await show(page, 'fleet', { width: 640 });
  await page.evaluate(() => window.stage.show(window.stage.ready('fleet')));
  await settle(page);
  assert.equal((await calls(page, 'replicaVerdicts')).length, 0, 'the table waits to be opened');
  await page.locator('[data-fold=fleet] > summary').click();
  await judged(page);
  const verdicts = (await rowsOf(page)).map((cells) => cells[2]);
  assert.equal(verdicts.filter((verdict) => verdict.endsWith('healthy')).length, 3);
  await page.context().close();
});

test('one replica, or sums over them, have no table', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  assert.equal(await page.locator('.fleet').count(), 0);
  await page.context().close();
});
