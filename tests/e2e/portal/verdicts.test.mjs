// The element reads a real Prometheus by the query plan and says what is true, on screen.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pairSeries } from '../../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { seriousViolations, startBrowser } from '../browser.mjs';
import { reportOf, waitForText, waitForVerdict } from './element.mjs';
import { attributesFor, inputs, prometheusWith } from './incidents.mjs';
import { elementPage, startPageServer } from './page-server.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.stop());

const chosenModel = ({ scope, scopes }) => scopes.find(({ id }) => id === scope).model;

for (const [name, truth] of Object.entries(inputs)) {
  test(`${name}: the page says ${truth.verdict}`, async () => {
    const prometheus = await prometheusWith(name);
    const server = await startPageServer({
      pages: { '/': elementPage(attributesFor(name)) },
      prometheus: prometheus.url,
    });
    try {
      const { page, errors, requests } = await browser.open(`${server.url}/`);
      const report = await reportOf(page);
      assert.equal(report.verdict.id, truth.verdict, report.verdict.sentence);
      assert.match(report.verdict.sentence, truth.sentence);
      await waitForVerdict(page, report);
      if (truth.finished !== undefined)
        assert.equal(Math.round(report.window.finished_requests), truth.finished);
      assert.equal(report.window.end, Math.floor(truth.end / 15) * 15_000);
      assert.deepEqual(errors, []);
      const failed = requests.filter((request) => request.failure() !== null);
      assert.deepEqual(
        failed.map((request) => request.url()),
        [],
      );
      assert.deepEqual(await seriousViolations(page), []);
    } finally {
      await server.stop();
      await prometheus.stop();
    }
  });
}

test('before: the interval that holds the true p95 is on the page', async () => {
  const prometheus = await prometheusWith('before');
  const server = await startPageServer({
    pages: { '/': elementPage(attributesFor('before')) },
    prometheus: prometheus.url,
  });
  try {
    const { page } = await browser.open(`${server.url}/`);
    const report = await reportOf(page);
    const p95 = report.signals.ttft.quantiles.find(({ q }) => q === 0.95);
    assert.ok(p95.lo > 6.05 && p95.lo < 6.051, `${p95.lo}`);
    assert.equal(p95.hi, 7.5);
    assert.equal(p95.point, 7.25);
    await waitForText(page, /6\.05/);
    await waitForText(page, /7\.50? s/);
  } finally {
    await server.stop();
    await prometheus.stop();
  }
});

test('of two models the worse is shown first, and the other is a click away without a request', async () => {
  const renamed = pairSeries('after').map(({ metric, values }) => ({
    metric: { ...metric, instance: 'pod-1', ...(metric.model_name ? { model_name: 'llama' } : {}) },
    values,
  }));
  const prometheus = await startPrometheus({
    backfill: toOpenMetrics([...pairSeries('before'), ...renamed]),
  });
  const server = await startPageServer({
    pages: { '/': elementPage(attributesFor('before')) },
    prometheus: prometheus.url,
  });
  try {
    const { page, errors, requests } = await browser.open(`${server.url}/`);
    const first = await reportOf(page);
    assert.deepEqual(
      first.scopes.map(({ model, verdict_id: verdict }) => [model, verdict]),
      [
        ['gemma', 'slot-cap'],
        ['llama', 'healthy'],
      ],
    );
    assert.equal(chosenModel(first), 'gemma');
    requests.length = 0;
    await page.getByRole('button', { name: /llama/ }).click();
    const second = await reportOf(page);
    assert.equal(chosenModel(second), 'llama');
    await waitForVerdict(page, second);
    assert.deepEqual(requests.map(String), []);
    assert.deepEqual(errors, []);
  } finally {
    await server.stop();
    await prometheus.stop();
  }
});

test('a selection of other models finds nothing and says so', async () => {
  const prometheus = await prometheusWith('before');
  const server = await startPageServer({
    pages: { '/': elementPage(`${attributesFor('before')} match='model_name="other"'`) },
    prometheus: prometheus.url,
  });
  try {
    const { page } = await browser.open(`${server.url}/`);
    await waitForText(page, /Check that Prometheus scrapes the engine/);
    assert.equal(
      await page.evaluate(() => document.querySelector('inference-triage').report()),
      undefined,
    );
  } finally {
    await server.stop();
    await prometheus.stop();
  }
});
