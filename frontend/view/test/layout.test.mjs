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

const parts = () => {
  const shadow = document.querySelector('#box > div').shadowRoot;
  const visible = (selector) =>
    [...shadow.querySelectorAll(selector)].some((element) => element.checkVisibility());
  return ['.verdict', '.phases', '.matrix', '.strips', '.column'].filter(visible);
};

test('each size shows its levels and no more', async () => {
  const page = await browser.open();
  const cases = [
    [1600, 1000, ['.verdict', '.phases', '.matrix', '.strips', '.column']],
    [960, 400, ['.verdict', '.phases', '.matrix', '.strips', '.column']],
    [800, 600, ['.verdict', '.phases', '.matrix']],
    [400, 300, ['.verdict', '.phases']],
    [300, 300, ['.verdict']],
    [1600, 100, ['.verdict']],
    [200, 100, ['.verdict']],
  ];
  for (const [width, height, wanted] of cases) {
    await show(page, 'onset', { width, height });
    assert.deepEqual(await page.evaluate(parts), wanted, `${width} × ${height}`);
  }
  await page.context().close();
});

test('a height of 0 is survived, and the view comes back from it', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 0 });
  await page.evaluate(() => window.stage.view.resize(1248, 0));
  await settle(page);
  await page.evaluate(() => window.stage.view.resize(1248, 700));
  await settle(page);
  assert.equal((await page.evaluate(parts)).length, 5);
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
  assert.equal(size, 'all');
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
  assert.equal((await page.evaluate(parts)).length, 5);
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
