// The section of the objectives says of a recording what its numbers are, and whose fault it is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { pairSeries } from '../../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { seriousViolations, startBrowser } from '../browser.mjs';
import { reportOf, waitForVerdict } from './element.mjs';
import { attributesFor } from './incidents.mjs';
import { elementPage, startPageServer } from './page-server.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.stop());

const plain = (text) => text.replaceAll(/\s+/g, ' ').trim();

/** The recorded cap of two, and the same model without it under another name. */
async function twoModels() {
  const renamed = pairSeries('after').map(({ metric, values }) => ({
    metric: { ...metric, instance: 'pod-1', ...(metric.model_name ? { model_name: 'llama' } : {}) },
    values,
  }));
  return startPrometheus({ backfill: toOpenMetrics([...pairSeries('before'), ...renamed]) });
}

test('the objectives of a recording, of both of its models, and what spent the budget', async () => {
  const prometheus = await twoModels();
  const server = await startPageServer({
    pages: { '/': elementPage(attributesFor('before')) },
    prometheus: prometheus.url,
  });
  try {
    const { page, errors } = await browser.open(`${server.url}/`);
    await waitForVerdict(page, await reportOf(page));
    const section = page.locator('section.objectives');
    if (!(await section.isVisible()))
      await page.locator('[data-fold=objectives] > summary').click();
    const rows = await section.locator('.objectives-table tbody tr').allTextContents();
    // Of the 96 recorded requests 48 had their first token within 2.5 s, which is a bucket bound.
    const [ttft] = rows.map(plain);
    assert.match(ttft, /^Time to first token · default 95 % of requests within 2\.5 s 50 %/);
    assert.match(ttft, /missed 96$/);
    assert.match(plain(rows[1]), /^Inter-token latency .* 100 % .* met 96$/);
    const text = plain(await section.innerText());
    assert.match(text, /TTFT missed by 50 % of 96 requests: 10 × the error budget \(5 %\)/);
    assert.match(text, /Of the time in excess, \d+ % is queue \(slot cap\)\./);
    assert.match(text, /No target is set: these are the defaults of the kind of service\./);
    const models = await section.locator('.by-model tbody tr').allTextContents();
    assert.match(plain(models[0]), /^gemma 50 % missed/);
    assert.match(plain(models[1]), /^llama 100 % met/);
    assert.deepEqual(errors, []);
    assert.deepEqual(await seriousViolations(page), []);
  } finally {
    await server.stop();
    await prometheus.stop();
  }
});
