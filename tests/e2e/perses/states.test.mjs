// What happens beside the straight way: failed queries, sub-paths, policies, refreshes, themes,
// small panels.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { releases } from '../../../deploy/steps/perses-columns.mjs';
import { eventually } from '../../eventually.mjs';
import { seriousViolations } from '../browser.mjs';
import { prometheusWith } from '../portal/incidents.mjs';
import { rangeOf, startColumn } from './columns.mjs';
import {
  panelOf,
  queryOf,
  reportOf,
  startPanelBrowser,
  takePicture,
  waitForText,
} from './pages.mjs';
import { plannedQueries, rawQuery } from './plan.mjs';

const spec = { timeZone: 'UTC' };
const range = rangeOf('before');

let browser, prometheus;
before(async () => {
  browser = await startPanelBrowser();
  prometheus = await prometheusWith('before');
});
after(async () => {
  await browser.stop();
  await prometheus.stop();
});

/** Opens a page of a column, hands it to `body`, and takes everything down. */
async function withPage(
  { release = '0.52', file = 'in-process', panel, request, server: options, viewport },
  body,
) {
  const server = await startColumn(release, prometheus, options);
  try {
    const opened = await browser.openPage(server, file, { panel, range, ...request }, viewport);
    await body({ ...opened, server });
    await opened.page.close();
  } finally {
    await server.stop();
  }
}

for (const release of releases) {
  describe(`Perses ${release}`, () => {
    test('a failed query among good ones is named, and the rest is diagnosed', async () => {
      const [first, ...rest] = await plannedQueries();
      const queries = [queryOf('sum((('), first, queryOf('no_such_metric_total'), ...rest];
      await withPage({ release, panel: panelOf(queries, spec) }, async ({ page, server }) => {
        const { report } = await reportOf(page);
        assert.equal(report.verdict.id, 'slot-cap', report.verdict.sentence);
        assert.equal(report.window.finished_requests, 96);
        const shown = await waitForText(
          page,
          /One query of this panel brought no result\..*sum\(\(\(/,
        );
        assert.doesNotMatch(shown, /no_such_metric_total/, 'a query without data has not failed');
        assert.ok(server.recorded.some(({ status }) => status === 400));
        await takePicture(page, `${release}-failed-query`);
      });
    });

    test('below a sub-path every file of the plugin comes from there', async () => {
      const panel = panelOf([await rawQuery()], spec);
      await withPage(
        { release, file: 'installed', panel, server: { prefix: '/perses' } },
        async ({ page, server, errors }) => {
          const { report } = await reportOf(page);
          assert.equal(report.verdict.id, 'slot-cap', report.verdict.sentence);
          const files = server.served.filter(
            (file) => file.includes('/plugins/InferenceTriage') && !file.endsWith('.json'),
          );
          assert.ok(
            files.some((file) => file.endsWith('.wasm')),
            'the module was not asked for',
          );
          assert.deepEqual(
            files.filter((file) => !file.startsWith('/perses/plugins/InferenceTriage')),
            [],
          );
          assert.deepEqual(errors, []);
        },
      );
    });

    test('a refresh keeps the panel, the window that the reader selected, and the place', async () => {
      await withPage(
        { release, panel: panelOf(await plannedQueries(), spec) },
        async ({ page, errors }) => {
          await reportOf(page);
          const strip = page.locator('.u-over').first();
          await strip.scrollIntoViewIfNeeded();
          const box = await strip.boundingBox();
          await page.mouse.move(box.x + 0.2 * box.width, box.y + 20);
          await page.mouse.down();
          await page.mouse.move(box.x + 0.6 * box.width, box.y + 20, { steps: 4 });
          await page.mouse.up();
          const { report: brushed } = await reportOf(
            page,
            ({ window }) => window.end < (range.end - 60) * 1000,
          );
          await page.evaluate(() => {
            globalThis.reports = [];
            const marked = (node) =>
              [...node.querySelectorAll('*')].find((element) => element.shadowRoot);
            marked(document).dataset.before = 'yes';
            globalThis.refresh();
          });
          const { report } = await reportOf(page);
          assert.deepEqual(report.window, brushed.window);
          const isKept = await page.evaluate(
            () => document.querySelector('[data-before="yes"]')?.isConnected === true,
          );
          assert.ok(isKept, 'the view was made anew');
          assert.equal(
            await page.evaluate(
              () => [...document.querySelectorAll('*')].filter((one) => one.shadowRoot).length,
            ),
            1,
          );
          assert.deepEqual(errors, []);
        },
      );
    });

    test("another theme of the host is the panel's at once", async () => {
      await withPage({ release, panel: panelOf([await rawQuery()], spec) }, async ({ page }) => {
        await reportOf(page);
        const light = await coloursOf(page);
        assert.equal(light.scheme, 'light');
        assert.equal(light.background, light.card);
        await page.evaluate(() => globalThis.setTheme('dark'));
        await page.waitForFunction(() => {
          const view = [...document.querySelectorAll('*')].find((element) => element.shadowRoot);
          return view.shadowRoot.querySelector('.root').dataset.scheme === 'dark';
        });
        const dark = await eventually("the view has the card's background", async () => {
          const colours = await coloursOf(page);
          return colours.background === colours.card && colours.text !== light.text && colours;
        });
        assert.equal(dark.scheme, 'dark');
        assert.deepEqual(await seriousViolations(page), []);
        await takePicture(page, `${release}-theme-switched`);
      });
    });
  });
}

/** The view's own colours beside those of the card that Perses draws around it. */
function coloursOf(page) {
  return page.evaluate(() => {
    const view = [...document.querySelectorAll('*')].find((element) => element.shadowRoot);
    const root = view.shadowRoot.querySelector('.root');
    const { backgroundColor: background, color: text } = getComputedStyle(root);
    const card = getComputedStyle(document.querySelector('[data-testid="panel"]')).backgroundColor;
    return { scheme: root.dataset.scheme, background, text, card };
  });
}

test('bundled, it lives under a policy without unsafe-eval', async () => {
  const policy =
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'";
  await withPage(
    { panel: panelOf([await rawQuery()], spec), server: { policy } },
    async ({ page }) => {
      assert.equal((await reportOf(page)).report.verdict.id, 'slot-cap');
    },
  );
});

test('under a policy that refuses WebAssembly it says which word is missing', async () => {
  const policy = "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'";
  await withPage(
    { panel: panelOf([await rawQuery()], spec), server: { policy } },
    async ({ page }) => {
      await waitForText(page, /'wasm-unsafe-eval'/);
    },
  );
});

test('without a query it shows what to paste', async () => {
  await withPage({ panel: panelOf([], spec) }, async ({ page }) => {
    const shown = await waitForText(page, /no query yet/);
    assert.match(shown, /"triage_role", "ttft\/counter\//);
    assert.deepEqual(await seriousViolations(page), []);
    await takePicture(page, 'no-query');
  });
});

test('without data it says so, and what to check', async () => {
  const panel = panelOf([queryOf('{__name__=~"vllm:.+",model_name="none"}')], spec);
  await withPage({ panel }, async ({ page }) => {
    const shown = await waitForText(page, /No data in this range/);
    assert.match(shown, /variables of the dashboard/);
    await takePicture(page, 'no-data');
  });
});

test('other metrics are named instead of being diagnosed', async () => {
  await withPage({ panel: panelOf([queryOf('vector(1)')], spec) }, async ({ page }) => {
    await waitForText(page, /no vLLM metrics among/i);
  });
});

test('the copied link leads to the comparison on screen', async () => {
  const onset = await prometheusWith('onset');
  const server = await startColumn('0.54', onset);
  try {
    const request = { panel: panelOf([await rawQuery()], spec), range: rangeOf('onset') };
    const { page } = await browser.openPage(server, 'in-process', request);
    const { report } = await reportOf(page);
    await page.getByRole('button', { name: 'compare', exact: true }).click();
    const name = 'with the time just before';
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('button', { name, exact: true, pressed: true }).waitFor();
    const answer = await page.locator('.comparison-answer').innerText();
    await page.evaluate(() => {
      navigator.clipboard.writeText = async (text) => void (globalThis.copied = text);
    });
    await page.locator('.share summary').click();
    await page.getByRole('button', { name: /copy link/ }).click();
    const link = await eventually('a link is copied', () => page.evaluate(() => globalThis.copied));

    const { page: other } = await browser.open(link);
    assert.equal((await reportOf(other)).report.window.end, report.window.end);
    await other.getByRole('button', { name, exact: true, pressed: true }).waitFor();
    assert.equal(await other.locator('.comparison-answer').innerText(), answer);
    await other.close();
    await page.close();
  } finally {
    await server.stop();
    await onset.stop();
  }
});

test('a small panel shows the verdict and nothing else', async () => {
  const request = { size: { width: 300, height: 160 } };
  await withPage({ panel: panelOf([await rawQuery()], spec), request }, async ({ page }) => {
    const shown = await waitForText(page, /capped at 2 running/);
    assert.doesNotMatch(shown, /Triage matrix/);
    await takePicture(page, 'small');
  });
});

test('the button in the header saves the bytes that the panel reports', async () => {
  await withPage({ panel: panelOf(await plannedQueries(), spec) }, async ({ page }) => {
    const { text } = await reportOf(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the report as JSON' }).click(),
    ]);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString('utf8'), text);
    assert.equal(download.suggestedFilename(), 'inference-triage-report.json');
  });
});

test('the options editor writes what was typed, refuses what cannot be, and leaves nothing behind', async () => {
  await withPage({ file: 'editor', panel: panelOf([]) }, async ({ page, errors }) => {
    const options = () => page.evaluate(() => globalThis.options);
    await page.getByLabel('Target: Time to first token').fill('1.5');
    await page.getByLabel('Kind of service').selectOption('rag');
    await page.getByLabel('Compare with').selectOption('offset');
    await page.getByLabel('Earlier by').fill('1d');
    await page.getByLabel('Limit: Running sequences').fill('16');
    await page.getByLabel('Heat map').uncheck();
    const expected = {
      slo: { profile: 'rag', targets: { ttft: 1.5 } },
      baseline: { mode: 'offset', offset: '1d' },
      limits: { max_num_seqs: 16 },
      sections: ['verdict', 'phases', 'evidence', 'strips', 'objectives', 'matrix', 'fleet'],
    };
    assert.deepEqual(await options(), expected);

    await page.getByLabel('Judged quantile').fill('95');
    await page.getByLabel('Judged quantile').press('Enter');
    await waitForText(page, /a number between 0 and 1 is expected/);
    assert.deepEqual(await options(), expected);
    await takePicture(page, 'editor');
    assert.deepEqual(await seriousViolations(page), []);

    await page.getByLabel('Judged quantile').fill('');
    await page.getByLabel('Target: Time to first token').fill('');
    await page.getByLabel('Kind of service').selectOption('');
    await page.getByLabel('Compare with').selectOption('');
    await page.getByLabel('Limit: Running sequences').fill('');
    await page.getByLabel('Heat map').check();
    await page.getByLabel('Limit: Running sequences').press('Enter');
    assert.deepEqual(await options(), {});
    assert.deepEqual(errors, []);
  });
});
