// What only a host knows: events, links, and where the reader points on its other charts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const START = Date.UTC(2026, 10, 21, 14, 0, 0);
const MINUTE = 60_000;

async function opened(more) {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 900 });
  await page.evaluate((given) => window.stage.show(window.stage.ready('onset', given)), more);
  await settle(page);
  return page;
}

const texts = (page, selector) =>
  page.evaluate(
    (wanted) =>
      [...document.querySelector('#box > div').shadowRoot.querySelectorAll(wanted)].map((element) =>
        element.textContent.replace(/\s+/g, ' ').trim(),
      ),
    selector,
  );

const calls = (page, wanted) =>
  page.evaluate(
    (name) =>
      window.stage.calls.filter((call) => call.name === name).map(({ value }) => value ?? null),
    wanted,
  );

test('events of the range are drawn on every strip and listed in order of time', async () => {
  const annotations = [
    { start: START + 50 * MINUTE, text: 'restart of <b>pod-0</b>' },
    { start: START + 15 * MINUTE, end: START + 30 * MINUTE, text: 'load test' },
    { start: START - 60 * MINUTE, text: 'long ago' },
    { start: START - 5 * MINUTE, end: START + 5 * MINUTE, text: 'began before' },
  ];
  const page = await opened({ annotations });
  assert.deepEqual(await texts(page, '.annotations li'), [
    '13:55 – 14:05 began before',
    '14:15 – 14:30 load test',
    '14:50 restart of <b>pod-0</b>',
  ]);
  const drawn = await page.evaluate(() => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    const plots = [...shadow.querySelectorAll('.plot')];
    const left = (element) => Number.parseFloat(element.style.left);
    return {
      counts: plots.map((plot) => plot.querySelectorAll('.annotation').length),
      lefts: [...plots[0].querySelectorAll('.annotation')].map(left),
    };
  });
  assert.deepEqual([...new Set(drawn.counts)], [3]);
  assert.deepEqual(drawn.lefts.map(Math.round), [0, 25, 83]);
  await page.context().close();
});

test('many events are folded', async () => {
  const annotations = Array.from({ length: 9 }, (_, index) => ({
    start: START + index * MINUTE,
    text: `event ${index}`,
  }));
  const page = await opened({ annotations });
  assert.deepEqual(await texts(page, '.annotations > ul > li'), [
    '14:00 event 0',
    '14:01 event 1',
    '14:02 event 2',
  ]);
  assert.deepEqual(await texts(page, '.annotations summary'), ['6 more events']);
  await page.context().close();
});

test('a link is opened by the host; an address that could run something is only text', async () => {
  const page = await opened({
    links: [
      { title: 'traces of the queue', url: '/explore?left=1' },
      { title: 'trap', url: 'javascript:window.attacked=1' },
    ],
  });
  assert.deepEqual(await texts(page, '.links li'), ['traces of the queue', 'trap']);
  assert.deepEqual(await texts(page, '.links a'), ['traces of the queue']);
  await page.evaluate(() =>
    document.querySelector('#box > div').shadowRoot.querySelector('.links a').click(),
  );
  assert.deepEqual(await calls(page, 'openLink'), ['/explore?left=1']);
  assert.equal(new URL(page.url()).pathname, '/');
  await page.context().close();
});

test('pointing at the strips tells the host the time, once per sample, and that the pointer left', async () => {
  const page = await opened({});
  const box = await page.evaluate(() => {
    const brush = document.querySelector('#box > div').shadowRoot.querySelector('.brush');
    brush.scrollIntoView({ block: 'center' });
    const { left, top, width } = brush.getBoundingClientRect();
    return { left, top, width };
  });
  await page.mouse.move(box.left + box.width / 4, box.top + 40);
  await settle(page);
  const told = await calls(page, 'hover');
  assert.ok(told.length > 0);
  assert.ok(Math.abs(told.at(-1) - (START + 15 * MINUTE)) <= MINUTE / 2, String(told.at(-1)));
  await page.mouse.move(5, 5);
  await settle(page);
  assert.equal((await calls(page, 'hover')).at(-1), null);
  await page.context().close();
});

test('the cursor follows a time from elsewhere without telling the host what it already knows', async () => {
  const page = await opened({});
  const at = (time) =>
    page.evaluate(async (wanted) => {
      window.stage.view.setCursor(wanted ?? undefined);
      for (let frame = 0; frame < 3; frame += 1)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      const shadow = document.querySelector('#box > div').shadowRoot;
      return shadow.querySelector('.readout th')?.textContent ?? null;
    }, time);
  assert.equal(await at(START + 20 * MINUTE), '14:20:00');
  assert.equal(await at(START + 3 * 60 * MINUTE), null);
  assert.equal(await at(START + 40 * MINUTE), '14:40:00');
  assert.equal(await at(null), null);
  assert.deepEqual(await calls(page, 'hover'), []);
  await page.context().close();
});
