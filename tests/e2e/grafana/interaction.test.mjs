// What a reader does with the panel in a dashboard: pick a window, take it over, use the keyboard,
// resize, mistype a query.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { columns } from '../../../deploy/steps/grafana-columns.mjs';
import { onsetTime } from '../portal/incidents.mjs';
import { eventually } from '../../eventually.mjs';
import { seriousViolations, startBrowser } from '../browser.mjs';
import { startIncidents } from './incidents.mjs';
import { openGrafana, panelsIn, rangeOf, rawTarget, takePicture, triage } from './panel-page.mjs';
import { textOf, untilGone, untilShown } from '../reading.mjs';
import { planFor, plannedTargets } from './plan.mjs';
import { startGrafana } from './server/page-server.mjs';

let browser, incidents;
before(async () => {
  incidents = await startIncidents(['onset']);
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await incidents?.stop();
});

/** Runs `body` with the onset in a panel of this column. */
async function withOnset(column, panel, body, setting = {}) {
  const grafana = await startGrafana({ column, prometheus: incidents.url('onset') });
  try {
    const panels = [triage({ width: 1200, height: 900, ...panel })];
    const opened = await openGrafana(browser, grafana, { ...rangeOf('onset'), panels, ...setting });
    await body({ ...opened, grafana, panel: panelsIn(opened.page) });
    await opened.page.close();
  } finally {
    await grafana.stop();
  }
}

/** Counts what the page asks its data source from now on. */
function countQueries(page) {
  const asked = [];
  page.on(
    'request',
    (request) => request.url().includes('/api/ds/query') && asked.push(request.url()),
  );
  return asked;
}

/** Drags over the first strip, from one share of its width to another. */
async function drag(page, panel, from, to) {
  const strip = panel.locator('.u-over').first();
  await strip.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await strip.boundingBox();
  const middle = y + height / 2;
  await page.mouse.move(x + from * width, middle);
  await page.mouse.down();
  await page.mouse.move(x + ((from + to) / 2) * width, middle, { steps: 5 });
  await page.mouse.move(x + to * width, middle, { steps: 5 });
  await page.mouse.up();
}

const rangeOfPage = (page) =>
  page.evaluate(() => ({
    from: window.harness.range().from.valueOf(),
    to: window.harness.range().to.valueOf(),
  }));

/** Does what copies something, and gives what was copied, whatever the browser allows. */
async function copiedBy(page, act) {
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => void (window.copied = text);
  });
  await act();
  return eventually('something is copied', () => page.evaluate(() => window.copied));
}

test('the copied link leads to the range, the window and the comparison on screen', () =>
  withOnset(columns[1], {}, async ({ page, panel }) => {
    await untilShown(panel, /capped at 2 running/);
    await drag(page, panel, 0.15, 0.45);
    await untilShown(panel, /Healthy/);
    await panel.getByRole('button', { name: 'compare', exact: true }).click();
    await panel.getByRole('button', { name: 'with the time just after' }).click();
    await panel.getByRole('button', { name: 'with the time just after', pressed: true }).waitFor();
    const answer = await panel.locator('.comparison-answer').innerText();
    await panel.locator('.share summary').click();
    const link = await copiedBy(page, () =>
      panel.getByRole('button', { name: /copy link/ }).click(),
    );

    const { page: other } = await browser.open(link);
    const again = panelsIn(other);
    await untilShown(again, /Healthy/);
    await again.getByRole('button', { name: 'with the time just after', pressed: true }).waitFor();
    assert.equal(await again.locator('.comparison-answer').innerText(), answer);
    await other.close();
  }));

for (const column of columns) {
  test(`${column}: a drag diagnoses the healthy half at once, and only "zoom to window" moves the dashboard`, () =>
    withOnset(column, {}, async ({ page, panel, complaints }) => {
      await untilShown(panel, /capped at 2 running/);
      const asked = countQueries(page);
      const range = await rangeOfPage(page);
      await drag(page, panel, 0.15, 0.45);
      await untilShown(panel, /Healthy/);
      await untilGone(panel, /capped at 2 running/);
      await takePicture(panel, `brush-${column}`);
      assert.deepEqual(
        await rangeOfPage(page),
        range,
        'dragging has changed the range of the dashboard',
      );
      assert.deepEqual(asked, [], 'dragging has sent queries');

      await panel.getByRole('button', { name: /zoom to window/i }).click();
      await page.waitForFunction(
        (before) => window.harness.range().from.valueOf() > before,
        range.from,
      );
      const zoomed = await rangeOfPage(page);
      assert.ok(zoomed.to <= onsetTime * 1000, 'the range ends after the onset');
      assert.ok(zoomed.to - zoomed.from < range.to - range.from);
      await untilShown(panel, /Healthy/);
      assert.deepEqual(complaints(), []);
    }));

  test(`${column}: every control is reached by Tab, arrow keys move the window, and no key reaches Grafana`, () =>
    withOnset(column, {}, async ({ page, panel, complaints }) => {
      await untilShown(panel, /capped at 2 running/);
      await page.evaluate(() => {
        window.heard = [];
        document.addEventListener('keydown', ({ key }) => window.heard.push(key));
      });
      await panel.getByRole('slider', { name: 'Window', exact: true }).focus();
      const window = panel.getByText(/requests that finished in this window/).first();
      const before = await window.textContent();
      for (let press = 0; press < 12; press += 1) await page.keyboard.press('Shift+ArrowLeft');
      await eventually(
        'the arrow keys have moved the window',
        async () => (await window.textContent()) !== before,
      );
      assert.deepEqual(
        await page.evaluate(() => window.heard),
        [],
        'Grafana heard keys meant for the panel',
      );
      await page.keyboard.press('Escape');
      await untilShown(panel, /capped at 2 running/);

      const reached = await tabThrough(page, panel);
      const controls = await panel.getByRole('button').filter({ visible: true }).count();
      assert.ok(reached >= controls, `${reached} stops for ${controls} buttons`);
      assert.deepEqual(complaints(), []);
    }));

  test(`${column}: shrunk to nothing and grown again, it is as it was`, () =>
    withOnset(column, {}, async ({ page, panel, complaints }) => {
      await untilShown(panel, /capped at 2 running/);
      for (const height of [0, 40, 900]) {
        await page.evaluate(
          (size) => window.harness.resize(0, { height: size, minHeight: size }),
          height,
        );
        await page.waitForTimeout(200);
      }
      await untilShown(panel, /capped at 2 running/);
      assert.deepEqual(complaints(), []);
    }));
}

/** Presses Tab until the focus leaves the panel; returns how many places inside it were reached. */
async function tabThrough(page, panel) {
  await panel.evaluate((element) => {
    element.tabIndex = -1;
    element.focus();
  });
  for (let stops = 0; stops < 200; stops += 1) {
    await page.keyboard.press('Tab');
    if (!(await panel.evaluate((element) => element.contains(document.activeElement))))
      return stops;
  }
  throw new Error('the focus never leaves the panel');
}

test('grafana-13: where the content sets the height, all of it is there', () =>
  withOnset(
    'grafana-13',
    {},
    async ({ page, panel, complaints }) => {
      await untilShown(panel, /capped at 2 running/);
      const cut = await panel.evaluate((element) => {
        const inside = (node) => [node, ...[...(node.shadowRoot ?? node).children].flatMap(inside)];
        return inside(element).filter(
          (node) =>
            /auto|scroll/.test(getComputedStyle(node).overflowY) &&
            node.scrollHeight > node.clientHeight + 1,
        ).length;
      });
      assert.equal(cut, 0, 'something inside has to be scrolled');
      await takePicture(page, 'fit-content-grafana-13');
      assert.deepEqual(complaints(), []);
    },
    { fitContent: true },
  ));

const states = [
  { name: 'no query', targets: [], says: /no query yet/i, offers: true },
  {
    name: 'a selector without data',
    targets: [{ ...rawTarget, expr: 'vllm:nothing' }],
    says: /no samples/i,
    offers: true,
  },
  {
    name: 'a query with a typing error',
    targets: [{ ...rawTarget, expr: 'sum(vllm:' }],
    says: /query failed.*(parse error|unexpected)/i,
  },
  {
    name: 'one failed query among others',
    targets: [
      ...plannedTargets('time_series').filter(({ refId }) => refId !== 'kv_usage'),
      { refId: 'kv_usage', expr: 'sum(', range: true },
    ],
    says: /kv_usage.*parse error|parse error.*kv_usage|parse error/i,
  },
];

for (const [index, { name, targets, says, offers }] of states.entries()) {
  const column = columns[index % columns.length];
  const theme = ['light', 'dark'][index % 2];
  test(`${column}: ${name} is told in words`, () =>
    withOnset(
      column,
      { targets },
      async ({ page, panel }) => {
        const text = await untilShown(panel, says);
        if (offers)
          assert.ok(text.includes(planFor().rawSelector.slice(0, 40)), `no query to copy: ${text}`);
        assert.doesNotMatch(text, /undefined|\[object|NaN/);
        await takePicture(panel, `state-${name.replaceAll(' ', '-')}-${column}`);
        assert.deepEqual(await seriousViolations(page), []);
        assert.ok((await textOf(panel)).length > 20);
      },
      { theme },
    ));
}
