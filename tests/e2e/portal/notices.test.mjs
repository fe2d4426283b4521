// What is missing is said above the panel, and the rest goes on.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pairSeries } from '../../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { startBrowser } from '../browser.mjs';
import { reportOf, takePicture, waitForText } from './element.mjs';
import { attributesFor, prometheusWith } from './incidents.mjs';
import { elementPage, startPageServer } from './page-server.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.stop());

/** A page that reads `prometheus`, before it is opened. */
async function withPage(prometheus, attributes, body) {
  const server = await startPageServer({
    pages: { '/': elementPage(attributes) },
    prometheus: prometheus.url,
  });
  try {
    const { page } = await browser.open();
    await body(page, `${server.url}/`);
  } finally {
    await server.stop();
    await prometheus.stop();
  }
}

test('a query that fails is named, the others give the verdict', async () => {
  await withPage(await prometheusWith('before'), attributesFor('before'), async (page, url) => {
    await page.route('**/query_range', (route) =>
      new URLSearchParams(route.request().postData()).get('query').includes('kv_cache_usage')
        ? route.fulfill({
            status: 422,
            json: { status: 'error', errorType: 'execution', error: 'too many samples' },
          })
        : route.continue(),
    );
    await page.goto(url);
    const report = await reportOf(page);
    assert.ok(report.signals.ttft.count > 0);
    assert.equal(report.signals.kv_usage?.mean, undefined);
    const shown = await waitForText(page, /The query for kv_usage failed/);
    assert.match(shown, /too many samples/);
    await takePicture(page, 'notice-failed-query');
  });
});

test('metrics under a second prefix are named, not mixed in', async () => {
  const series = pairSeries('before');
  const renamed = pairSeries('before')
    .filter(({ metric }) => metric.__name__.startsWith('vllm:num_requests'))
    .map(({ metric, values }) => ({
      metric: { ...metric, __name__: `kserve_${metric.__name__}`, instance: 'pod-1' },
      values,
    }));
  const more = series
    .filter(({ metric }) => metric.__name__.startsWith('vllm:num_requests'))
    .map(({ metric, values }) => ({ metric: { ...metric, instance: 'pod-2' }, values }));
  const prometheus = await startPrometheus({
    backfill: toOpenMetrics([...series, ...renamed, ...more]),
  });
  await withPage(prometheus, attributesFor('before'), async (page, url) => {
    await page.goto(url);
    const report = await reportOf(page);
    assert.deepEqual(
      report.scopes.map(({ engine }) => engine.prefix),
      ['vllm:'],
    );
    await waitForText(page, /there are also some that begin with kserve_vllm:/);
  });
});

test('progress is told while the first load is under way', async () => {
  await withPage(await prometheusWith('before'), attributesFor('before'), async (page, url) => {
    let passed = 0;
    let letGo;
    const gate = new Promise((resolve) => (letGo = resolve));
    await page.route('**/query_range', async (route) => {
      passed += 1;
      if (passed > 5) await gate;
      await route.continue();
    });
    await page.goto(url);
    await waitForText(page, /5 of \d+ queries/);
    await takePicture(page, 'loading');
    letGo();
    assert.equal((await reportOf(page)).verdict.id, 'slot-cap');
  });
});
