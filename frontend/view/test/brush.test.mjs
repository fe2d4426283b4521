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

async function opened(options) {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 900, ...options });
  const track = await page.evaluate(() => {
    const brush = document.querySelector('#box > div').shadowRoot.querySelector('.brush');
    brush.scrollIntoView({ block: 'center' });
    const { left, width, top } = brush.getBoundingClientRect();
    return { left, width, y: top + 60 };
  });
  return { page, at: (minute) => track.left + (track.width * minute) / 60, y: track.y };
}

const windows = (page) =>
  page.evaluate(() =>
    window.stage.calls
      .filter(({ name }) => name === 'changeWindow')
      .map(({ value }) => value ?? null),
  );
const headline = (page) =>
  page.evaluate(
    () => document.querySelector('#box > div').shadowRoot.querySelector('.headline').textContent,
  );
const minutes = ({ start, end }) => [(start - START) / MINUTE, (end - START) / MINUTE];

async function drag(page, y, from, to, steps = 12) {
  await page.mouse.move(from, y);
  await page.mouse.down();
  await page.mouse.move(to, y, { steps });
  await page.mouse.up();
  await settle(page);
}

test('a drag before the onset diagnoses that window and flips the verdict', async () => {
  const { page, at, y } = await opened();
  assert.match(await headline(page), /capped at 2/);
  await drag(page, y, at(10), at(20));
  const calls = await windows(page);
  const [start, end] = minutes(calls.at(-1));
  assert.ok(Math.abs(start - 10) < 0.5 && Math.abs(end - 20) < 0.5, `${start}–${end}`);
  assert.ok(calls.length > 1, 'the diagnosis follows the pointer, not only its release');
  assert.match(await headline(page), /Healthy: TTFT p95/);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('the brush asks at most once an animation frame', async () => {
  const { page, at, y } = await opened();
  await page.evaluate(() => {
    window.frames_ = 0;
    const count = () => {
      window.frames_ += 1;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await drag(page, y, at(5), at(25), 200);
  const calls = await windows(page);
  const frames = await page.evaluate(() => window.frames_);
  assert.ok(calls.length <= frames + 1, `${calls.length} calls in ${frames} frames`);
  await page.context().close();
});

test('the body of a window moves it, an edge resizes it', async () => {
  const { page, at, y } = await opened();
  await drag(page, y, at(55), at(45));
  assert.deepEqual(minutes((await windows(page)).at(-1)).map(Math.round), [40, 50]);
  await drag(page, y, at(40), at(30));
  assert.deepEqual(minutes((await windows(page)).at(-1)).map(Math.round), [30, 50]);
  await page.context().close();
});

test('a click without a movement changes nothing', async () => {
  const { page, at, y } = await opened();
  await page.mouse.click(at(10), y);
  await settle(page);
  assert.deepEqual(await windows(page), []);
  await page.context().close();
});

test('the region follows the pointer even where the host does not answer', async () => {
  const { page, at, y } = await opened();
  await page.evaluate(() => {
    window.stage.answer = false;
  });
  await drag(page, y, at(10), at(20));
  const left = await page.evaluate(
    () =>
      document
        .querySelector('#box > div')
        .shadowRoot.querySelector('.region-window')
        .getBoundingClientRect().left,
  );
  assert.ok(Math.abs(left - at(10)) < 4, `${left} for ${at(10)}`);
  await page.context().close();
});

test('the keyboard moves, resizes and clears the window', async () => {
  const { page } = await opened();
  const focus = (grip) =>
    page.evaluate((name) => {
      document
        .querySelector('#box > div')
        .shadowRoot.querySelector(`[data-grip="${name}"][role]`)
        .focus();
    }, grip);
  const press = async (key) => {
    await page.keyboard.press(key);
    await settle(page);
    return (await windows(page)).at(-1);
  };
  await focus('body');
  assert.deepEqual(minutes(await press('ArrowLeft')), [49.75, 59.75]);
  assert.deepEqual(minutes(await press('Shift+ArrowLeft')), [47.25, 57.25]);
  await focus('start');
  assert.deepEqual(minutes(await press('Home')), [0, 57.25]);
  await focus('end');
  assert.deepEqual(minutes(await press('ArrowRight')), [0, 57.5]);
  const valueText = await page.evaluate(
    () =>
      document.querySelector('#box > div').shadowRoot.querySelector('[data-grip="end"][role]')
        .ariaValueText,
  );
  assert.equal(valueText, '14:57');
  assert.equal(await press('Escape'), null);
  await page.context().close();
});

test('a cleared window offers no clear button, a brushed one does', async () => {
  const { page, at, y } = await opened();
  const buttons = () =>
    page.evaluate(() =>
      [
        ...document
          .querySelector('#box > div')
          .shadowRoot.querySelectorAll('.strip-buttons button'),
      ].map(({ textContent }) => textContent.trim()),
    );
  assert.deepEqual(await buttons(), ['zoom to window', 'compare']);
  await drag(page, y, at(10), at(20));
  assert.deepEqual(await buttons(), ['clear', 'zoom to window', 'compare']);
  await page.locator('.strip-buttons >> text=clear').click();
  await settle(page);
  assert.deepEqual(await buttons(), ['zoom to window', 'compare']);
  await page.context().close();
});

test('zooming is offered only where the host can, and only by button', async () => {
  const { page, at, y } = await opened({ zoom: false });
  await drag(page, y, at(10), at(20));
  assert.equal(await page.locator('text=zoom to window').count(), 0);
  await page.context().close();
  const other = await opened();
  await drag(other.page, other.y, other.at(10), other.at(20));
  await other.page.locator('text=zoom to window').click();
  const zooms = await other.page.evaluate(() =>
    window.stage.calls.filter(({ name }) => name === 'zoomTo'),
  );
  assert.equal(zooms.length, 1);
  assert.deepEqual(minutes(zooms[0].value).map(Math.round), [10, 20]);
  await other.page.context().close();
});

test('a host that drops the window is believed', async () => {
  const { page, at, y } = await opened();
  await drag(page, y, at(10), at(20));
  await page.evaluate(() => window.stage.showNamed('onset'));
  await settle(page);
  assert.equal(await page.locator('.strip-buttons >> text=clear').count(), 0);
  await page.context().close();
});

test('the cursor shows values beside it without moving the charts', async () => {
  const { page, at, y } = await opened();
  const tops = () =>
    page.evaluate(() =>
      [...document.querySelector('#box > div').shadowRoot.querySelectorAll('.plot')].map(
        (plot) => plot.getBoundingClientRect().top,
      ),
    );
  const still = await tops();
  await page.mouse.move(at(40), y);
  await settle(page);
  const text = await page.evaluate(
    () =>
      document.querySelector('#box > div').shadowRoot.querySelector('.readout')?.textContent ?? '',
  );
  assert.match(text, /14:40:00/);
  assert.match(text, /queue\s+3\.\d\ss/);
  assert.deepEqual(await tops(), still);
  await page.mouse.move(5, 5);
  await settle(page);
  assert.equal(await page.locator('.readout').count(), 0);
  await page.context().close();
});

test('the strips stay where they are while the verdict above them changes', async () => {
  const { page, at, y } = await opened();
  const top = () =>
    page.evaluate(
      () =>
        document
          .querySelector('#box > div')
          .shadowRoot.querySelector('.plot')
          .getBoundingClientRect().top,
    );
  const still = await top();
  await page.mouse.move(at(40), y);
  await page.mouse.down();
  for (const minute of [36, 30, 20, 12, 40, 55]) {
    await page.mouse.move(at(minute), y, { steps: 4 });
    await settle(page);
    assert.equal(await top(), still, `at minute ${minute}`);
  }
  await page.mouse.up();
  await page.context().close();
});

test('a cancelled drag leaves nothing pressed', async () => {
  const { page, at, y } = await opened();
  await page.mouse.move(at(10), y);
  await page.mouse.down();
  await page.mouse.move(at(15), y, { steps: 5 });
  await page.evaluate(() => {
    const area = document.querySelector('#box > div').shadowRoot.querySelector('.strip-area');
    area.dispatchEvent(new PointerEvent('pointercancel', { pointerId: 1 }));
  });
  await settle(page);
  const count = (await windows(page)).length;
  await page.mouse.move(at(30), y, { steps: 5 });
  await settle(page);
  assert.equal((await windows(page)).length, count);
  await page.mouse.up();
  await page.context().close();
});
