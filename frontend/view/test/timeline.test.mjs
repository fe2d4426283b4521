// The verdict by step: what it says, what a click and a key choose, and that nothing waits for it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser } from './browser.mjs';
import { load } from './load.mjs';

const { runsOf, windowOfRun, windowOfStep } = await load('src/sections/timeline/runs.ts');

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const MINUTE = 60_000;
const step = (index, id, severity = 'ok') => ({
  start: index * MINUTE,
  end: (index + 1) * MINUTE,
  ...(id && { verdict: { from: (index - 4) * MINUTE, id, severity } }),
});

test('neighbours of one verdict are one run; another severity is another run', () => {
  const steps = [
    step(0),
    step(1),
    step(2, 'healthy'),
    step(3, 'slot-cap', 'warning'),
    step(4, 'slot-cap', 'critical'),
    step(5, 'slot-cap', 'critical'),
    step(6, 'healthy'),
  ];
  assert.deepEqual(
    runsOf(steps).map(({ id, severity, first, last }) => [id, severity, first, last]),
    [
      [undefined, undefined, 0, 1],
      ['healthy', 'ok', 2, 2],
      ['slot-cap', 'warning', 3, 3],
      ['slot-cap', 'critical', 4, 5],
      ['healthy', 'ok', 6, 6],
    ],
  );
});

test('a long run is diagnosed whole, a short one over the window of its last step', () => {
  const steps = [...Array(9).keys()].map((index) =>
    step(index, index < 2 ? 'healthy' : 'slot-cap'),
  );
  const timeline = { step: MINUTE, window: 5 * MINUTE, all: 9, steps };
  const [short, long] = runsOf(steps);
  assert.deepEqual(windowOfRun(timeline, short), { start: -3 * MINUTE, end: 2 * MINUTE });
  assert.deepEqual(windowOfRun(timeline, long), { start: 2 * MINUTE, end: 9 * MINUTE });
  assert.deepEqual(windowOfStep(timeline, 7), { start: 3 * MINUTE, end: 8 * MINUTE });
  assert.equal(windowOfStep({ ...timeline, steps: [step(0)] }, 0), undefined);
});

const inRow = (page, ask) =>
  page.evaluate((source) => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    return new Function('shadow', `return (${source})(shadow)`)(shadow);
  }, ask.toString());

/** The page's times; the fixture's hour begins at 14:00 and its fault at 14:20 or later. */
const runs = (page) =>
  inRow(page, (shadow) =>
    [...shadow.querySelectorAll('.timeline-track .run')].map((run) => [
      run.dataset.severity,
      run.textContent.trim(),
    ]),
  );

test('runs have a name, a severity and a sentence that tells them', async () => {
  const page = await browser.open({ bypassCSP: true });
  await show(page, 'onset');
  assert.deepEqual(await runs(page), [
    ['none', ''],
    ['ok', 'healthy'],
    ['warning', 'KV thrash'],
    ['ok', 'healthy'],
    ['critical', 'slot cap'],
  ]);
  const said = () => page.locator('.timeline-said').innerText();
  assert.match(
    await said(),
    /^healthy → KV thrash from 14:12 → healthy from 14:13 → slot cap from/,
  );
  const track = page.locator('.timeline-track');
  const { width, height } = await track.boundingBox();
  await track.hover({ position: { x: width * 0.99, y: height / 2 } });
  await settle(page);
  assert.match(await said(), /^14:59.*15:00: slot cap, critical; slot cap 14:.*click to diagnose$/);
  await page.mouse.move(0, 0);
  await settle(page);
  assert.match(await said(), /^healthy →/);
  await page.context().close();
});

test('a click diagnoses the run, with Shift the step', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  const track = page.locator('.timeline-track');
  const { width, height } = await track.boundingBox();
  const window = () =>
    page.evaluate(() => {
      const { value } = window.stage.calls.findLast(({ name }) => name === 'changeWindow');
      const minute = (ms) => new Date(ms).toISOString().slice(11, 16);
      return [minute(value.start), minute(value.end)];
    });
  const at = (minutes) => ({ position: { x: (width * (minutes + 0.5)) / 60, y: height / 2 } });
  await track.click(at(10));
  assert.deepEqual(await window(), ['14:04', '14:12']);
  await track.click(at(12));
  assert.deepEqual(await window(), ['14:08', '14:13']);
  await track.click({ ...at(10), modifiers: ['Shift'] });
  assert.deepEqual(await window(), ['14:06', '14:11']);
  await page.context().close();
});

test('keys go through steps and changes, and choose', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  const track = page.locator('.timeline-track');
  await track.focus();
  const now = async () => Number(await track.getAttribute('aria-valuenow'));
  await page.keyboard.press('ArrowLeft');
  await settle(page);
  assert.equal(await now(), 58);
  await page.keyboard.press('PageDown');
  await settle(page);
  const before_ = await now();
  assert.ok(before_ < 58 && before_ > 12, `${before_}`);
  await page.keyboard.press('PageDown');
  await settle(page);
  assert.equal(await now(), 12);
  assert.match(await track.getAttribute('aria-valuetext'), /14:12.*KV thrash, warning/);
  await page.keyboard.press('Enter');
  await settle(page);
  const [last] = await page.evaluate(() => window.stage.calls.slice(-1));
  assert.equal(last.name, 'changeWindow');
  await page.keyboard.press('Home');
  await settle(page);
  assert.match(await track.getAttribute('aria-valuetext'), /not judged: less data/);
  await page.context().close();
});

test('steps are judged in slices with frames between, and nothing moves', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  const found = await page.evaluate(async () => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    const top = () => shadow.querySelector('.strip-area').getBoundingClientRect().top;
    const before = top();
    window.stage.calls.length = 0;
    window.stage.show(window.stage.withSlowTimeline('onset', 2, 4));
    const tops = new Set();
    let frames = 0;
    const done = () =>
      window.stage.calls.filter(({ name }) => name === 'timeline').at(-1)?.value[0] >= 58;
    while (!done() && frames < 2000) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      frames += 1;
      tops.add(top());
    }
    const calls = window.stage.calls.filter(({ name }) => name === 'timeline');
    const most = Math.max(...calls.map(({ value }) => value[1]));
    return { frames, calls: calls.length, most, moved: [...tops].filter((at) => at !== before) };
  });
  // A slice has room for two or three steps of 4 ms, which are asked for in two calls, and each
  // slice has a frame of its own.
  assert.ok(found.frames >= 15, JSON.stringify(found));
  assert.ok(found.calls >= 20 && found.most <= 3, JSON.stringify(found));
  assert.deepEqual(found.moved, []);
  await page.context().close();
});

test('another window judges nothing again; other data do, and the old row stays until then', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  const reads = () =>
    page.evaluate(() => window.stage.calls.filter(({ name }) => name === 'timeline').length);
  await page.evaluate(() => window.stage.show(window.stage.withSlowTimeline('onset', 7, 0)));
  await page.waitForTimeout(100);
  const first = await reads();
  assert.ok(first > 0);
  await page.evaluate(() => window.stage.show(window.stage.withSlowTimeline('onset', 7, 0)));
  await page.waitForTimeout(100);
  assert.equal(await reads(), first);
  const meanwhile = await page.evaluate(async () => {
    window.stage.show(window.stage.withSlowTimeline('healthy', 8, 20));
    for (let frame = 0; frame < 3; frame += 1)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    const shadow = document.querySelector('#box > div').shadowRoot;
    return shadow.querySelectorAll('.timeline-track .run').length;
  });
  assert.equal(meanwhile, 5, 'the row of before');
  await page.waitForFunction(
    () =>
      document.querySelector('#box > div').shadowRoot.querySelectorAll('.timeline-track .run')
        .length < 5,
  );
  await page.context().close();
});

test('a core that fails leaves an empty row, not an error', async () => {
  const page = await browser.open();
  await show(page, 'onset');
  await page.evaluate(() =>
    window.stage.show(
      window.stage.ready('onset', {
        timeline: {
          revision: 9,
          read() {
            throw new Error('trap');
          },
        },
      }),
    ),
  );
  await settle(page);
  assert.deepEqual(await runs(page), []);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('nothing is judged where no row has room', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 300, height: 100 });
  const reads = () =>
    page.evaluate(() => window.stage.calls.filter(({ name }) => name === 'timeline').length);
  await page.evaluate(() => window.stage.show(window.stage.withSlowTimeline('onset', 11, 0)));
  await page.waitForTimeout(200);
  assert.equal(await reads(), 0);
  await page.evaluate(() => {
    window.stage.box.style.width = '1200px';
    window.stage.box.style.height = '900px';
  });
  await page.locator('.timeline-track .run').first().waitFor();
  assert.ok((await reads()) > 0);
  await page.context().close();
});
