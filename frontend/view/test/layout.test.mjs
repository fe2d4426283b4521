import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { settle, show, startBrowser } from './browser.mjs';

const STATES = [
  'loading',
  'stale',
  'setup',
  'no-data',
  'refused',
  'error',
  'error-stale',
  'partial',
  'onset',
  'before',
  'healthy',
  'cannotTell',
  'estimated',
  'scopes',
  'manyScopes',
  'hostile',
];
const WIDTHS = [200, 360, 800, 1600];

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

/** Elements that reach over the right edge of the view, and whether anything scrolls sideways. */
const tooWide = () => {
  const shadow = document.querySelector('#box > div').shadowRoot;
  const root = shadow.querySelector('.root');
  const edge = root.getBoundingClientRect().right + 1;
  const clipped = (element) => {
    for (let at = element.parentElement; at && at !== root; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== 'visible') return true;
    }
    return false;
  };
  const wide = [...root.querySelectorAll('*')].filter((element) => {
    const { right, width, height } = element.getBoundingClientRect();
    return (
      width > 1 &&
      height > 1 &&
      right > edge &&
      element.checkVisibility() &&
      !clipped(element) &&
      !element.closest('.glyph, .tooltip')
    );
  });
  return [
    ...wide.map((element) => `${element.tagName}.${element.getAttribute('class')}`),
    ...(root.scrollWidth > root.clientWidth ? ['scrolls'] : []),
  ];
};

for (const width of WIDTHS) {
  test(`nothing is wider than a container of ${width} px, in any state`, async () => {
    const page = await browser.open();
    for (const state of STATES) {
      await show(page, state, { width, theme: { scheme: 'light' } });
      await page.evaluate(() => {
        const shadow = document.querySelector('#box > div').shadowRoot;
        for (const details of shadow.querySelectorAll('details')) details.open = true;
      });
      await settle(page);
      assert.deepEqual(await page.evaluate(tooWide), [], `${state} at ${width}`);
    }
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

const PARTS = [
  '.headline',
  '.impact',
  '.do-sentence',
  '.bar-before',
  '.slim',
  '.evidence',
  '.strip-area',
  '.objectives',
  '.matrix',
  '.foot',
];

/** Which of `PARTS` can be seen. */
const partsIn = (page) =>
  page.evaluate((all) => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    const visible = (selector) =>
      [...shadow.querySelectorAll(selector)].some((element) => element.checkVisibility());
    return all.filter(visible);
  }, PARTS);

const TOP = ['.headline', '.impact', '.do-sentence', '.bar-before'];
const FULL = [...TOP, '.evidence', '.strip-area', '.objectives', '.matrix', '.foot'];

test('each layout shows what it can show whole', async () => {
  const page = await browser.open();
  const cases = [
    [1600, 1000, FULL],
    [1552, 568, FULL],
    [960, undefined, FULL],
    [960, 420, [...TOP, '.slim']],
    [776, 264, TOP],
    [800, 900, [...TOP, '.slim', '.evidence', '.foot']],
    [360, undefined, [...TOP, '.slim', '.foot']],
    [388, 112, ['.headline', '.impact']],
    [300, 300, ['.headline', '.impact']],
    [1600, 100, ['.headline', '.impact']],
    [1600, 40, ['.headline']],
    [186, 34, []],
  ];
  for (const [width, height, wanted] of cases) {
    await show(page, 'onset', { width, height });
    assert.deepEqual(await partsIn(page), wanted, `${width} × ${height}`);
  }
  await page.context().close();
});

/** Elements of the first look that reach below the container. */
const cutBelow = () => {
  const shadow = document.querySelector('#box > div').shadowRoot;
  const root = shadow.querySelector('.root');
  const edge = root.getBoundingClientRect().bottom + 0.5;
  return [...root.querySelectorAll('.glance *')]
    .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden'))
    .filter((element) => element.getBoundingClientRect().bottom > edge)
    .map((element) => `${element.tagName}.${element.getAttribute('class')}`);
};

test('nothing is cut in half in the cells of a dashboard, whatever the verdict', async () => {
  const page = await browser.open();
  for (const state of ['onset', 'before', 'healthy', 'cannotTell', 'partial'])
    for (const [width, height] of [
      [186, 34],
      [388, 112],
      [388, 264],
      [776, 264],
      [1164, 264],
      [1552, 416],
    ]) {
      await show(page, state, { width, height });
      assert.deepEqual(await page.evaluate(cutBelow), [], `${state} ${width} × ${height}`);
      assert.deepEqual(await page.evaluate(tooWide), [], `${state} ${width} × ${height}`);
    }
  await page.context().close();
});

test('a low container that changes its height keeps what it shows whole', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 776, height: 430 });
  await page.evaluate(() => window.stage.view.resize(776, 250));
  await settle(page);
  assert.deepEqual(await page.evaluate(cutBelow), []);
  await page.context().close();
});

test('a row that was opened by keyboard keeps the focus', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 640 });
  for (const part of ['strips', 'objectives', 'matrix']) {
    const summary = page.locator(`[data-fold=${part}] > summary`);
    await summary.focus();
    await page.keyboard.press('Enter');
    await settle(page);
    assert.equal(await summary.evaluate((element) => element.matches(':focus')), true, part);
  }
  await page.context().close();
});

test('the slim line of time opens the strips, and is where they are not', async () => {
  const page = await browser.open();
  for (const width of [320, 640]) {
    await show(page, 'onset', { width });
    assert.match(await page.locator('.slim path').first().getAttribute('d'), /^M.*Z$/);
    await page.locator('.slim').click();
    await settle(page);
    assert.deepEqual(
      await page.evaluate(() => {
        const shadow = document.querySelector('#box > div').shadowRoot;
        return ['.slim', '.strip-area'].map((part) => shadow.querySelector(part) !== null);
      }),
      [false, true],
    );
  }
  await page.context().close();
});

/** The first element that fits a selector, scrolled to where it is. */
const isSeen = (page, selector) =>
  page.evaluate((wanted) => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    const element = shadow.querySelector(wanted);
    if (!element?.checkVisibility()) return false;
    const { top, width, height } = element.getBoundingClientRect();
    const root = shadow.querySelector('.root').getBoundingClientRect();
    return width > 100 && height > 20 && top < root.bottom;
  }, selector);

test('time, heat map and latencies are one action away at every width from 320 px', async () => {
  const page = await browser.open();
  const parts = [
    ['strips', '.strip-area'],
    ['heatmap', '.heat-area'],
    ['objectives', '.objectives'],
    ['matrix', '.matrix-table'],
    ['evidence', '.evidence'],
  ];
  for (const [width, height] of [
    [320, undefined],
    [360, undefined],
    [640, undefined],
    [959, undefined],
    [388, 264],
    [776, 264],
    [1552, 416],
  ]) {
    for (const [part, drawn] of parts) {
      await show(page, 'onset', { width, height });
      await page.evaluate(() => window.stage.show(window.stage.withHeatMap('onset')));
      await settle(page);
      const what = `${part} at ${width} × ${height}`;
      if (part === 'evidence' && width >= 640 && height === undefined) continue;
      assert.equal(await isSeen(page, drawn), false, `${what} is there already`);
      await page.locator(`[data-fold=${part}] > summary, button[data-fold=${part}]`).click();
      await settle(page);
      assert.equal(await isSeen(page, drawn), true, `${what} does not open`);
      assert.deepEqual(await page.evaluate(tooWide), [], what);
    }
  }
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a height of 0 is survived, and the view comes back from it', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 0 });
  await page.evaluate(() => window.stage.view.resize(1248, 0));
  await settle(page);
  await page.evaluate(() => window.stage.view.resize(1248, 700));
  await settle(page);
  assert.deepEqual(await partsIn(page), FULL);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a container without a height of its own grows with the content', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const [box, size] = await page.evaluate(() => {
    const host = document.querySelector('#box > div');
    return [host.clientHeight, host.shadowRoot.querySelector('.root').dataset.size];
  });
  assert.equal(size, 'full');
  assert.ok(box > 600, `${box}`);
  await page.context().close();
});

test('an infinite height leaves it to the content', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 300 });
  await page.evaluate(() => window.stage.view.resize(1248, 200));
  await page.evaluate(() => window.stage.view.resize(1248, Infinity));
  await settle(page);
  assert.ok((await page.evaluate(() => document.querySelector('#box > div').clientHeight)) > 600);
  assert.deepEqual(await partsIn(page), FULL);
  await page.context().close();
});

test('the charts follow the width of their column', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1600, height: 900 });
  const widths = () => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    return [...shadow.querySelectorAll('.canvas')].map(
      (place) => place.clientWidth - place.querySelector('.uplot').clientWidth,
    );
  };
  assert.deepEqual(await page.evaluate(widths), [0, 0, 0, 0]);
  await page.evaluate(() => window.stage.view.resize(1000, 900));
  await settle(page);
  assert.deepEqual(await page.evaluate(widths), [0, 0, 0, 0]);
  await page.context().close();
});

const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing in any state, ${scheme}`, async () => {
    const page = await browser.open({ bypassCSP: true });
    await page.evaluate(axe);
    for (const state of STATES.filter((name) => name !== 'stale')) {
      for (const width of [1248, 800, 360]) {
        await show(page, state, { width, theme: { scheme } });
        await page.evaluate(() => {
          const shadow = document.querySelector('#box > div').shadowRoot;
          for (const details of shadow.querySelectorAll('details')) details.open = true;
        });
        await settle(page);
        const found = await page.evaluate(async () => {
          const { violations } = await window.axe.run('#box', { resultTypes: ['violations'] });
          return violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .slice(0, 3)
                .map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`)
                .join(' | ')}`,
          );
        });
        assert.deepEqual(found, [], `${state} at ${width}`);
      }
    }
    await page.context().close();
  });
}
