import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually } from '../../../tests/eventually.mjs';
import { settle, show, startBrowser } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const plain = (text) => text.replaceAll('\u00a0', ' ');
const tip = async (page) =>
  plain(
    await page.evaluate(() => {
      const box = document.querySelector('#box > div').shadowRoot.querySelector('.tooltip');
      return box.matches(':popover-open') ? box.textContent : '';
    }),
  );

test('the whole verdict can be read from the page', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const text = plain(
    await page.evaluate(
      () => document.querySelector('#box > div').shadowRoot.querySelector('.root').innerText,
    ),
  );
  for (const wanted of [
    'Critical\nslot cap\ngemma (1 replica)\ndata B\nlikely: 41 of 41 simulated cases',
    'likely, capped by a missing signal: right in 41 of 41 such simulated cases',
    'Admission is capped at 2 running sequences; memory is not the constraint.',
    'request time 9.3 s, was 6.9 s',
    'the queue is steady',
    'since 14:32 (28 min)',
    '193 requests finished in 10 min',
    'saves ≈ 2.8 s of 9.3 s',
    '→ Queue wait drops from 3.07 s to about 0',
    '2 more steps',
    'Don’t lower the cap on sequences (fewer slots make the queue longer)',
    'Don’t scale out first (this GPU already has room for the missing slots)',
    'Where 9.3 s goes',
    'mean of the 193 requests that finished in this window, 14:50 – 15:00',
    '6.05–7.5 s',
    'PromQL 7.3 s',
    'exceeds the TTFT p95',
    'est. ≤ 7.5 s by order',
    '≤ 0.214 s',
    'all samples share one bucket',
    'KV thrash: KV cache 1.7 % used, 0 preemptions',
    'not measured: Deferred requests · Rejected requests',
    '48–52 % of requests miss E2E 10 s, 50 % TTFT 2.5 s',
    'explains 92 % of the 3.1 s lost per request',
    'Contributes: long prompts',
    'Follows from it: slow decode',
    'What changed',
    'Closest to flipping',
    'Inter-token latency: 18 ms → 50 ms',
  ]) {
    assert.ok(text.includes(wanted), `"${wanted}" in\n${text}`);
  }
  await page.context().close();
});

test('what changed is a table of factors with their share of the added time', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const rows = await page.evaluate(() =>
    [...document.querySelector('#box > div').shadowRoot.querySelectorAll('.ledger tbody tr')].map(
      (row) => [...row.cells].map((cell) => cell.innerText.replaceAll('\n', ': ')),
    ),
  );
  assert.deepEqual(
    rows.map((cells) => cells.map(plain)),
    [
      ['arrivals: 0.44 → 0.32 requests/s', '× 0.74', '0 %'],
      ['output tokens per request: 700 → 700 tokens', '× 1', '0 %'],
      ['uncached prompt tokens per request: 159 → 160 tokens', '× 1', '4 %'],
      ['prefill time per token: 81 → 70 µs', '× 0.86', '0 %'],
      ['step time at equal batch: 9.77 → 9.8 ms', '× 1', '96 %'],
    ],
  );
  await show(page, 'before', { width: 1248 });
  assert.equal(await page.locator('.ledger').count(), 0, 'without a baseline nothing changed');
  await page.context().close();
});

test('cannot tell: the causes that are left, what each lacks and how to get it', async () => {
  const page = await browser.open();
  await show(page, 'cannotTell', { width: 1248 });
  const text = plain(
    await page.evaluate(
      () => document.querySelector('#box > div').shadowRoot.querySelector('.root').innerText,
    ),
  );
  for (const wanted of [
    '3 requests did not finish',
    'the queue grows',
    'Ruled out\n\nNothing yet.',
    'Still possible',
    'KV thrash: Not measured: KV cache usage, preemptions. Add these metrics to the query',
    'Distinguishes it from: slow decode.',
    'No change recommended yet. Widen the window or wait for more traffic',
    'inconclusive',
  ]) {
    assert.ok(text.includes(wanted), `"${wanted}" in\n${text}`);
  }
  await page.context().close();
});

test('a report of another schema is refused with one sentence, in place and as stale data', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const text = () =>
    page.evaluate(
      () => document.querySelector('#box > div').shadowRoot.querySelector('.root').innerText,
    );
  await page.evaluate(() => {
    const old = window.stage.ready('onset');
    window.old = { ...old, report: { schema: 1, scopes: [], scope: 0 } };
    window.stage.show(window.old);
  });
  await settle(page);
  assert.match(await text(), /This report has schema 1; this view draws schema 2\./);
  assert.match(await text(), /Diagnose the same data again with this release\./);
  await page.evaluate(() => window.stage.show({ kind: 'loading', stale: window.old }));
  await settle(page);
  assert.doesNotMatch(await text(), /schema/);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('every number says where it comes from, over which window and from how many requests', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const tips = await page.evaluate(() => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    return [...shadow.querySelectorAll('.matrix tbody [data-tip]')].map(
      (element) => element.dataset.tip,
    );
  });
  assert.ok(tips.length > 30);
  const ofWindow = tips.filter((text) => !/^histogram_quantile|Baseline|^No objective/.test(text));
  for (const text of ofWindow) assert.match(plain(text), /Window 14:50 – 15:00 \(10 min\)/);
  assert.ok(tips.some((text) => /193\sobservations/.test(text)));
  await page.context().close();
});

test('tooltips open on hover and on keyboard focus, arrow keys walk, Escape closes', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.locator('.matrix .number').first().hover();
  await eventually('the tip is open', async () => /exact mean, sum ÷ count/.test(await tip(page)));
  await page.mouse.move(2, 2);
  await eventually('the tip is gone', async () => (await tip(page)) === '');
  await page.locator('.segmented button').last().focus();
  await page.keyboard.press('Tab');
  assert.match(await tip(page), /Time to first token: exact mean/);
  await page.keyboard.press('ArrowRight');
  assert.match(await tip(page), /The p95 of these requests lies in 6.05–7.5 s/);
  const described = await page.evaluate(() =>
    document.querySelector('#box > div').shadowRoot.activeElement.getAttribute('aria-describedby'),
  );
  assert.equal(described, 'it-tip');
  await page.keyboard.press('Escape');
  assert.equal(await tip(page), '');
  await page.context().close();
});

test('the whole view is one walk with the Tab key, in reading order', async () => {
  const page = await browser.open();
  await show(page, 'scopes', { width: 1248 });
  const stops = [];
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const active = document.querySelector('#box > div').shadowRoot.activeElement;
      if (!active) return undefined;
      const ring = getComputedStyle(active);
      return {
        name: (active.getAttribute('aria-label') ?? active.textContent).trim(),
        ring: ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2,
      };
    });
    if (stop) stops.push(stop);
    else if (stops.length > 0) break;
  }
  const names = stops.map(({ name }) => name).join(' | ');
  assert.match(
    names,
    /gemma.*miss E2E.*copy flag.*copy PromQL.*Window start.*Window.*Window end.*as a table.*p50.*p95.*p99.*Data B/s,
  );
  assert.deepEqual(
    stops.filter(({ ring }) => !ring),
    [],
  );
  await page.context().close();
});

test('a change of verdict is announced once it has settled, a refresh without one is not', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const spoken = () =>
    page.evaluate(
      () =>
        document.querySelector('#box > div').shadowRoot.querySelector('[aria-live]').textContent,
    );
  await page.evaluate(() => window.stage.showNamed('onset'));
  await page.waitForTimeout(900);
  assert.equal(await spoken(), '');
  await page.evaluate(() => window.stage.showNamed('cannotTell'));
  await page.evaluate(() => window.stage.showNamed('healthy'));
  await eventually('it is spoken', async () => (await spoken()) !== '');
  assert.equal(
    await spoken(),
    'Healthy: TTFT p95 ≤ 250 ms (target 2.5 s), ITL p95 ≤ 25 ms (target 50 ms).',
  );
  await page.context().close();
});

test('a copied step says so; a refused copy says what to do', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const button = page.locator('.do .copy').first();
  await button.click();
  assert.equal((await button.innerText()).trim(), 'copied');
  const calls = await page.evaluate(() => window.stage.calls);
  assert.deepEqual(calls.at(-1), { name: 'copy', value: '--max-num-seqs=8' });
  await eventually(
    'the button is as before',
    async () => (await button.innerText()).trim() === 'copy flag',
  );
  await page.evaluate(() => {
    window.stage.copies = false;
  });
  await button.click();
  assert.equal((await button.innerText()).trim(), 'not allowed');
  assert.match(
    (await page.evaluate(() => window.stage.calls.at(-1))).value,
    /Select the text and copy it yourself/,
  );
  await page.context().close();
});

test('another scope is one click away', async () => {
  const page = await browser.open();
  await show(page, 'scopes', { width: 1248 });
  await page.locator('.chip').nth(2).click();
  assert.deepEqual(await page.evaluate(() => window.stage.calls.at(-1)), {
    name: 'changeScope',
    value: 2,
  });
  await page.context().close();
});

test('the quantile of the matrix can be chosen and stays over refreshes', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.locator('.segmented button').first().click();
  await page.evaluate(() => window.stage.showNamed('onset'));
  await settle(page);
  const head = await page.locator('.matrix thead .col-interval').innerText();
  assert.equal(head, 'p50');
  await page.context().close();
});

test('sections that are not wanted are not there, in the order that is wanted', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  await page.evaluate(() =>
    window.stage.show(window.stage.ready('onset', { sections: ['phases', 'verdict', 'heatmap'] })),
  );
  await settle(page);
  const order = await page.evaluate(() =>
    [...document.querySelector('#box > div').shadowRoot.querySelectorAll('section')].map(
      (element) => element.classList[0],
    ),
  );
  assert.deepEqual(order, ['block', 'verdict']);
  await page.context().close();
});

test('what the data lack is named exactly, and a section without content is absent', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248 });
  const sections = async (finished) => {
    await page.evaluate((count) => {
      const ready = window.stage.ready('onset');
      delete ready.report.phases;
      delete ready.report.window.finished_requests;
      if (count !== undefined) ready.report.window.finished_requests = count;
      ready.report.objectives.rows = [];
      Object.assign(ready.report, { signals: {}, limits: [], columns: [], findings: [] });
      window.stage.show(ready);
    }, finished);
    await settle(page);
    return page.evaluate(() =>
      [...document.querySelector('#box > div').shadowRoot.querySelectorAll('section')].map(
        (section) => [section.classList[0], section.innerText.trim()],
      ),
    );
  };
  for (const [finished, wanted] of [
    [undefined, /End-to-end latency is not in the data/],
    [0, /No request finished in 14:50\s–\s15:00/],
    [193, /End-to-end latency or one of its parts is not in the data/],
  ]) {
    const shown = await sections(finished);
    assert.deepEqual(
      shown.map(([name]) => name),
      ['verdict', 'block', 'foot'],
    );
    assert.match(shown[1][1], wanted);
    assert.ok(shown.every(([, text]) => text !== ''));
  }
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
