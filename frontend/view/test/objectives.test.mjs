// The objectives can be read, by eye, by ear and as Markdown, and tell what is absent from 0.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { show, startBrowser } from './browser.mjs';
import { load } from './load.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const plain = (text) => text.replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ').trim();

/** The cells of a table of the section, row by row. */
async function rowsOf(page, table) {
  const rows = await page.evaluate(
    (wanted) =>
      [
        ...document.querySelector('#box > div').shadowRoot.querySelectorAll(`${wanted} tbody tr`),
      ].map((row) => [...row.cells].map((cell) => cell.textContent)),
    table,
  );
  return rows.map((cells) => cells.map(plain));
}

test('each objective has its promise, its share, its verdict as a word and its requests', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  assert.deepEqual(await rowsOf(page, '.objectives-table'), [
    [
      'Time to first token 95 % of requests within 2.5 s',
      '',
      '50 % service 42–58 %',
      'missed',
      '193',
    ],
    [
      'Inter-token latency · default 95 % of outputs within 50 ms',
      '',
      '100 % service 98–100 %',
      'met',
      '193',
    ],
    [
      'Time per output token 95 % of requests within 30 ms',
      '',
      '88–97 % service 82–99 % ≤ 25 ms: 88 %',
      'cannot tell',
      '193',
    ],
    ['End to end · default 95 % of requests within 10 s', 'Not in the data.', 'cannot tell', '–'],
    [
      'Failed or lost 95 % of requests end well',
      '',
      '96 % service 92–99 %',
      'met in this window',
      '193',
    ],
    ['TTFT and TPOT at once joint goodput of one request', '', '36–51 %', 'no target', '–'],
  ]);
  const section = page.locator('.objectives');
  const text = plain(await section.innerText());
  assert.ok(text.includes('10 × the error budget (5 %) of this window'), text);
  assert.ok(text.includes('92 % is queue (slot cap)'), text);
  assert.ok(text.includes('Targets marked “default” are those of the kind of service.'), text);
  await page.context().close();
});

test('what the buckets leave open is drawn apart from what is certain', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const bars = await page.evaluate(() =>
    [
      ...document
        .querySelector('#box > div')
        .shadowRoot.querySelectorAll('.objectives-table .share-bar'),
    ].map((bar) => [
      bar.querySelector('.share-sure').getAttribute('width'),
      bar.querySelector('.share-open')?.getAttribute('width') ?? 'none',
    ]),
  );
  assert.deepEqual(bars, [
    ['50.00%', 'none'],
    ['100.00%', 'none'],
    ['88.00%', '9.00%'],
    ['96.00%', 'none'],
    ['36.00%', '15.00%'],
  ]);
  await page.context().close();
});

test('where nobody set a target the page says so, and where nothing is measured too', async () => {
  const page = await browser.open();
  await show(page, 'healthy', { width: 1248 });
  const section = page.locator('.objectives');
  assert.match(await section.innerText(), /No target is set: these are the defaults/);
  await show(page, 'cannotTell', { width: 1248 });
  assert.match(await section.innerText(), /No objective is measured in this window\./);
  const rows = await rowsOf(page, '.objectives-table');
  assert.ok(
    rows.every((cells) => cells.includes('cannot tell')),
    JSON.stringify(rows),
  );
  await page.context().close();
});

test('several models have a table of their objectives, one has none', async () => {
  const page = await browser.open();
  await show(page, 'scopes', { width: 1248 });
  const rows = await rowsOf(page, '.by-model table');
  assert.deepEqual(rows[0], ['gemma', '50 % missed', '100 % met', '48–52 % missed']);
  assert.deepEqual(rows[3], ['llama', '100 % met', '100 % met', '–']);
  await show(page, 'onset', { width: 1248 });
  assert.equal(await page.locator('.by-model').count(), 0);
  await page.context().close();
});

test('every number explains itself from the keyboard', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const tips = await page.evaluate(() =>
    [
      ...document
        .querySelector('#box > div')
        .shadowRoot.querySelectorAll('.objectives-table .number'),
    ].map((number) => number.dataset.tip),
  );
  assert.ok(tips.length >= 12 && tips.every((tip) => tip.includes('Window')), tips.join('\n\n'));
  assert.ok(
    tips.some((tip) =>
      plain(tip).includes('193 requests are too few to say the same of the service'),
    ),
  );
  await page.locator('.objectives-table .number').first().focus();
  await page.keyboard.press('ArrowRight');
  const focused = await page.evaluate(
    () => document.querySelector('#box > div').shadowRoot.activeElement?.textContent,
  );
  assert.equal(focused, 'missed');
  await page.context().close();
});

test('the table is copied as Markdown', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.locator('.objectives').getByRole('button', { name: 'copy as Markdown' }).click();
  const copied = plain((await page.evaluate(() => window.stage.calls.at(-1))).value);
  assert.ok(
    copied.includes(
      '| Time to first token | 95 % of requests within 2.5 s | 50 % | 42–58 % | missed | 193 |',
    ),
    copied,
  );
  assert.ok(
    copied.includes('| End to end | 95 % of requests within 10 s (default) | not in'),
    copied,
  );
  assert.ok(copied.endsWith('92 % is queue (slot cap).'), copied);
  await page.context().close();
});

test('the verdict of another model is that of the quantile', async () => {
  const { keptBy } = await load('src/sections/objectives/by-model.ts');
  const report = { objectives: { quantile: 0.95 } };
  assert.equal(keptBy(report, [0, 0.05]), 'met');
  assert.equal(keptBy(report, [0.06, 0.06]), 'missed');
  assert.equal(keptBy(report, [0.04, 0.06]), 'unknown');
});

test('every section of the catalogue is drawn', async () => {
  const page = await browser.open();
  const { SECTIONS } = await load('src/words/catalogue.generated.ts');
  for (const section of SECTIONS) {
    await show(page, 'onset', { width: 1248 });
    await page.evaluate((only) => {
      const ready = window.stage.withHeatMap('fleet');
      window.stage.show({ ...ready, sections: [only] });
    }, section);
    const text = await page.locator('#box .content').innerText();
    assert.notEqual(text.trim(), '', section);
  }
  await page.context().close();
});
