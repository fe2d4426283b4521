// The table of replicas in the element: what the core measured, its verdicts, and the way to one
// replica and back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { seriousViolations, startBrowser } from '../browser.mjs';
import { fleetSeries } from '../fleet-series.mjs';
import { elementPage, startPageServer } from './page-server.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.stop());

const fleetResponse = (count) => ({
  status: 'success',
  data: { resultType: 'matrix', result: fleetSeries(count) },
});

async function opened(count, options = {}) {
  const server = await startPageServer({ pages: { '/': elementPage('') } });
  const { page, errors } = await browser.open(`${server.url}/`, options);
  await page.evaluate(async (response) => {
    await customElements.whenDefined('inference-triage');
    document.querySelector('inference-triage').data = { responses: [response] };
  }, fleetResponse(count));
  const fold = page.locator('[data-fold=fleet] > summary');
  const section = page.locator('section.fleet');
  await fold.or(section).first().waitFor();
  if (!(await section.isVisible())) await fold.click();
  await page.waitForFunction(
    () => document.querySelector('inference-triage').report()?.fleet !== undefined,
  );
  await page.locator('.fleet .fleet-judged').first().waitFor();
  return { page, errors, server, section };
}

test('a slow replica stands out, and choosing it diagnoses it alone', async () => {
  const { page, errors, server, section } = await opened(4);
  try {
    assert.match(await section.innerText(), /1 of 4 replicas stands out\. vllm-1\/0:/);
    const first = section.locator('tbody tr').first();
    assert.match(await first.innerText(), /vllm-1\/0/);
    assert.equal(await section.locator('.fleet-judged').count(), 4, 'each has its verdict');
    await section.getByRole('button', { name: 'vllm-1/0' }).click();
    await section.locator('.fleet-alone').waitFor();
    const scoped = await page.evaluate(() => {
      const report = document.querySelector('inference-triage').report();
      return [report.fleet.rows.length, report.window.finished_requests, report.signals.itl.mean];
    });
    assert.equal(scoped[0], 4, 'the others stay in the table');
    assert.ok(Math.abs(scoped[2] - 0.03) < 1e-3, `${scoped[2]} s is the one replica's`);
    await section.getByRole('button', { name: 'All replicas' }).click();
    await section.locator('.fleet-alone').waitFor({ state: 'detached' });
    assert.deepEqual(await seriousViolations(page), []);
    assert.deepEqual(errors, []);
  } finally {
    await server.stop();
  }
});

test('a chosen replica that leaves the data gives way to all, and the reader is told', async () => {
  const { page, errors, server, section } = await opened(4);
  try {
    await section.getByRole('button', { name: 'vllm-3/0' }).click();
    await section.locator('.fleet-alone').waitFor();
    await page.evaluate((response) => {
      document.querySelector('inference-triage').data = { responses: [response] };
    }, fleetResponse(3));
    await page.waitForFunction(
      () => document.querySelector('inference-triage').report()?.fleet?.rows.length === 3,
    );
    await section.locator('.fleet-alone').waitFor({ state: 'detached' });
    assert.deepEqual(errors, []);
  } finally {
    await server.stop();
  }
});

test('a host that fixes one replica lets the reader see all of them, on a phone too', async () => {
  const { page, errors, server, section } = await opened(40, { width: 360, height: 800 });
  try {
    await page.evaluate(() => {
      document.querySelector('inference-triage').settings = { scope: { replica: 'vllm-7/0' } };
    });
    await section.locator('.fleet-alone').waitFor();
    await section.getByRole('button', { name: 'All replicas' }).click();
    await section.locator('.fleet-alone').waitFor({ state: 'detached' });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0, 'the table scrolls by itself');
    assert.deepEqual(errors, []);
  } finally {
    await server.stop();
  }
});
