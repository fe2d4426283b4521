import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, show, startBrowser } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

/** Collects until what only awaits its finaliser is gone too. */
async function collect(client) {
  for (let round = 0; round < 4; round += 1) {
    await client.send('HeapProfiler.collectGarbage');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a refresh moves nothing that is being read', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 500 });
  const read = () =>
    page.evaluate(() => {
      const shadow = document.querySelector('#box > div').shadowRoot;
      const open = [...shadow.querySelectorAll('details')].map((details) => details.open);
      const focused = shadow.activeElement?.textContent.trim();
      window.canvases ??= [...shadow.querySelectorAll('canvas')];
      const same = [...shadow.querySelectorAll('canvas')].every(
        (canvas, index) => canvas === window.canvases[index],
      );
      return {
        scroll: shadow.querySelector('.root').scrollTop,
        open,
        focused,
        canvases: window.canvases.length,
        same,
      };
    });
  await page.evaluate(() => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    shadow.querySelector('.checks').open = true;
    shadow.querySelector('.measurements').open = true;
    shadow.querySelector('.copy').focus();
    shadow.querySelector('.root').scrollTop = 420;
  });
  await settle(page);
  const before_ = await read();
  assert.equal(before_.canvases, 4);
  assert.ok(before_.scroll > 300);
  await page.evaluate(() => {
    window.stage.showNamed('stale');
    const ready = window.stage.ready('onset');
    ready.report.verdict.sentence =
      'Admission is capped at 3 running sequences; memory is not the constraint.';
    for (const signal of Object.values(ready.report.signals)) signal.mean *= 1.01;
    window.stage.show(ready);
  });
  await settle(page);
  assert.deepEqual(await read(), before_);
  await page.context().close();
});

/** Tops of all charts, in CSS pixels of the page. */
const chartsAt = (page) =>
  page.evaluate(() => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    const charts = [...shadow.querySelectorAll('.canvas, .heat-area')];
    return charts.map((chart) => chart.getBoundingClientRect().top);
  });

for (const height of [900, undefined])
  test(`charts stay where they are while a brush changes the verdict, height ${height}`, async () => {
    const page = await browser.open();
    await show(page, 'onset', { width: 1248, height });
    await page.evaluate(() => window.stage.show(window.stage.withHeatMap('onset')));
    await settle(page);
    const track = await page.evaluate(() => {
      const brush = document.querySelector('#box > div').shadowRoot.querySelector('.brush');
      brush.scrollIntoView({ block: 'center' });
      const { left, width, top } = brush.getBoundingClientRect();
      return { left, width, y: top + 60 };
    });
    const x = (minute) => track.left + (track.width * minute) / 60;
    const headline = () => page.locator('.headline').textContent();
    const placed = await chartsAt(page);
    assert.equal(placed.length, 5);
    const drag = async (from, to, word) => {
      await page.mouse.move(x(from), track.y);
      await page.mouse.down();
      await page.mouse.move(x(to), track.y, { steps: 6 });
      await settle(page);
      assert.match(await headline(), word);
      assert.deepEqual(await chartsAt(page), placed, `while dragging to ${to}`);
      await page.mouse.up();
      await settle(page);
      assert.deepEqual(await chartsAt(page), placed, `released at ${to}`);
    };
    await drag(10, 20, /Healthy/);
    await drag(44, 58, /capped/);
    await page.keyboard.press('Escape');
    await settle(page);
    assert.deepEqual(await chartsAt(page), placed, 'cleared');
    await page.context().close();
  });

test('a brush into a longer verdict moves the page, not the chart', async () => {
  const page = await browser.open();
  await show(page, 'healthy', { width: 1248, height: 700 });
  await page.evaluate(() => {
    const { range } = window.stage.ready('onset').report;
    const ready = window.stage.ready('healthy');
    Object.assign(ready.report, { range, window: { ...ready.report.window, ...range } });
    window.stage.show(ready);
  });
  await settle(page);
  const track = await page.evaluate(() => {
    const brush = document.querySelector('#box > div').shadowRoot.querySelector('.brush');
    const { left, width, top } = brush.getBoundingClientRect();
    return { left, width, y: top + 40 };
  });
  const placed = await chartsAt(page);
  await page.mouse.move(track.left + track.width * 0.7, track.y);
  await page.mouse.down();
  await page.mouse.move(track.left + track.width * 0.95, track.y, { steps: 6 });
  await page.mouse.up();
  await settle(page);
  assert.match(await page.locator('.headline').textContent(), /capped/);
  const now = await chartsAt(page);
  for (const [index, top] of now.entries())
    assert.ok(Math.abs(top - placed[index]) < 1, `${top} for ${placed[index]}`);
  await page.context().close();
});

test('a refresh moves no chart, whatever it says', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const placed = await chartsAt(page);
  for (const state of ['stale', 'healthy', 'cannotTell', 'onset']) {
    await page.evaluate((name) => window.stage.showNamed(name), state);
    await settle(page);
    assert.deepEqual(await chartsAt(page), placed, state);
  }
  await page.context().close();
});

test('focus on something that is gone stays in the view', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 700 });
  const focused = () =>
    page.evaluate(() => document.querySelector('#box > div').shadowRoot.activeElement?.className);
  await page.evaluate(() =>
    document.querySelector('#box > div').shadowRoot.querySelector('.copy').focus(),
  );
  assert.equal(await focused(), 'copy');
  await page.evaluate(() => window.stage.showNamed('no-data'));
  assert.equal(await focused(), 'root');
  await page.context().close();
});

test('other values on the same times are drawn by the same charts', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 900 });
  const shot = () => page.locator('.canvas').first().screenshot();
  const first = await shot();
  await page.evaluate(() => {
    const stage = window.stage;
    const queue = stage.columns.get('phase.queue');
    stage.columns.set(
      'phase.queue',
      queue.map((value) => value * 0.2),
    );
    stage.showNamed('onset');
  });
  await settle(page);
  assert.notDeepEqual(await shot(), first);
  await page.context().close();
});

test('a gap in the data stays a gap', async () => {
  const page = await browser.open();
  await show(page, 'onset', {
    width: 1248,
    height: 900,
    theme: { scheme: 'light', tokens: { kv: '#ff00ff' } },
  });
  const painted = (from, to) =>
    page.evaluate(
      ([left, right]) => {
        const canvas = document
          .querySelector('#box > div')
          .shadowRoot.querySelectorAll('canvas')[2];
        const x = (share) =>
          Math.round((48 + share * (canvas.width / devicePixelRatio - 66)) * devicePixelRatio);
        const { data } = canvas
          .getContext('2d')
          .getImageData(x(left), 0, x(right) - x(left), canvas.height);
        let count = 0;
        for (let at = 0; at < data.length; at += 4)
          if (data[at] > 200 && data[at + 1] < 90 && data[at + 2] > 200) count += 1;
        return count;
      },
      [from, to],
    );
  assert.ok((await painted(0.26, 0.32)) > 0, 'the line is there before the gap is made');
  await page.evaluate(() => {
    const stage = window.stage;
    const usage = stage.columns.get('kv_usage');
    stage.columns.set(
      'kv_usage',
      usage.map((value, index) => (index >= 60 && index < 80 ? NaN : value)),
    );
    stage.showNamed('onset');
  });
  await settle(page);
  assert.equal(await painted(0.26, 0.32), 0);
  assert.ok((await painted(0.4, 0.5)) > 0);
  await page.context().close();
});

test('200 refreshes keep nodes, listeners and memory flat', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 700 });
  const client = await page.context().newCDPSession(page);
  const measure = async () => {
    await collect(client);
    const { nodes, jsEventListeners } = await client.send('Memory.getDOMCounters');
    const { usedSize } = await client.send('Runtime.getHeapUsage');
    return { nodes, jsEventListeners, usedSize };
  };
  const refresh = (count) =>
    page.evaluate(async (rounds) => {
      for (let round = 0; round < rounds; round += 1) {
        window.stage.showNamed(round % 3 === 0 ? 'stale' : round % 3 === 1 ? 'healthy' : 'onset');
        if (round % 10 === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      window.stage.showNamed('onset');
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }, count);
  await refresh(30);
  // The live region speaks once the verdict has settled; its text is a node too.
  await page.waitForTimeout(900);
  const first = await measure();
  await refresh(200);
  await page.waitForTimeout(900);
  const last = await measure();
  assert.equal(last.nodes, first.nodes);
  assert.equal(last.jsEventListeners, first.jsEventListeners);
  assert.ok(last.usedSize < first.usedSize * 1.1 + 200_000, `${first.usedSize} → ${last.usedSize}`);
  await page.context().close();
});

test('a destroyed view leaves nothing behind, and a container can be used again', async () => {
  const page = await browser.open();
  const client = await page.context().newCDPSession(page);
  const measure = async () => {
    await collect(client);
    const { nodes, jsEventListeners } = await client.send('Memory.getDOMCounters');
    return { nodes, jsEventListeners };
  };
  const round = async (count) => {
    for (let index = 0; index < count; index += 1)
      await show(page, 'onset', { width: 1248, height: 700 });
    await page.evaluate(() => window.stage.close());
    await settle(page);
  };
  // The browser itself keeps the last removed tree or two; what counts is that it never keeps more.
  await round(5);
  const first = await measure();
  await round(8);
  assert.deepEqual(await measure(), first);
  await page.context().close();
});

test('a view destroyed before it has loaded stays silent', async () => {
  const page = await browser.open();
  await page.evaluate(() => {
    window.stage.open(800, 600);
    window.stage.showNamed('onset');
    window.stage.close();
  });
  await settle(page);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a theme change recolours charts and text without making them anew', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 900 });
  const look = () =>
    page.evaluate(() => {
      const shadow = document.querySelector('#box > div').shadowRoot;
      window.firstCanvas ??= shadow.querySelector('canvas');
      const root = getComputedStyle(shadow.querySelector('.root'));
      return {
        background: root.backgroundColor,
        same: shadow.querySelector('canvas') === window.firstCanvas,
      };
    });
  const dark = await look();
  const darkChart = await page.locator('.canvas').first().screenshot();
  await page.evaluate(() =>
    window.stage.view.setTheme({
      scheme: 'light',
      tokens: { background: '#fffbe6' },
      fontFamily: 'serif',
    }),
  );
  await settle(page);
  const light = await look();
  assert.notEqual(light.background, dark.background);
  assert.equal(light.background, 'rgb(255, 251, 230)');
  assert.equal(light.same, true);
  assert.notDeepEqual(await page.locator('.canvas').first().screenshot(), darkChart);
  await page.context().close();
});
