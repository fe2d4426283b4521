// Native histograms: a real Prometheus scrapes them, Perses hands them on in seconds and as text,
// and the figures are those of the same incident with classic buckets.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { expositionPair, scrapeLabels } from '../../../deploy/steps/incidents.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { untilAtLeast } from '../../eventually.mjs';
import { diagnoseResponses } from '../../live/program.mjs';
import { startColumn } from './columns.mjs';
import { startNativeSequence } from './native-exporter.mjs';
import { panelOf, queryOf, reportOf, startPanelBrowser, takePicture } from './pages.mjs';
import { rawQuery } from './plan.mjs';

const release = '0.52';

/**
 * Everything of the engine that is a native histogram; gauges and counters come with the raw
 * selector.
 */
const native = '{__name__=~"vllm:(.+_seconds|request_(prompt|generation)_tokens)"}';

test('the figures of the incident are found in native histograms', async () => {
  const exporter = await startNativeSequence(expositionPair('before'));
  const target = {
    address: exporter.address,
    job: scrapeLabels.job,
    labels: { instance: scrapeLabels.instance },
  };
  const prometheus = await startPrometheus({
    targets: [target],
    interval: '1s',
    features: ['native-histograms'],
  });
  const server = await startColumn(release, prometheus);
  const browser = await startPanelBrowser();
  try {
    await untilAtLeast(prometheus, 'count_over_time(up[1m])', 5);
    exporter.show(1);
    await untilAtLeast(
      prometheus,
      'histogram_count(increase(vllm:e2e_request_latency_seconds[1m]))',
      1,
    );
    await untilAtLeast(prometheus, 'count_over_time(up[1m])', 12);

    const end = Math.floor(Date.now() / 1000) - 1;
    const queries = [await rawQuery(), queryOf(native)].map(({ spec: { plugin } }) =>
      queryOf(plugin.spec.query, { minStep: '1s' }),
    );
    const panel = panelOf(queries, { window: { start: (end - 300) * 1000, end: end * 1000 } });
    const { page, errors } = await browser.openPage(server, 'installed', {
      panel,
      range: { start: end - 300, end },
    });
    const { report, text } = await reportOf(page);

    const answers = server.recorded.map(({ body }) => JSON.parse(body));
    const series = answers.flatMap(({ data }) => data.result);
    assert.ok(
      series.some((one) => one.histograms?.length > 0),
      'Prometheus answered no native histogram',
    );
    // Five minutes of work were scraped within seconds, and the numbers say that this cannot be.
    assert.equal(report.verdict.id, 'telemetry-fault', report.verdict.sentence);
    assert.match(report.verdict.sentence, /sequences decode at a time/);
    // A count that contradictions show to be wrong is no figure; the means stand.
    assert.equal(report.window.finished_requests, undefined);
    assert.equal(report.signals.queue_time.count, undefined);
    // The means of the published incident; native histograms keep sums and counts.
    assert.ok(
      Math.abs(report.signals.queue_time.mean - 3.07) < 0.01,
      `${report.signals.queue_time.mean}`,
    );
    assert.ok(Math.abs(report.phases.mean_e2e - 9.32) < 0.01, `${report.phases.mean_e2e}`);

    const window = `${report.window.start / 1000}..${report.window.end / 1000}`;
    const printed = await diagnoseResponses(
      server.recorded.map(({ body }) => body),
      ['--window', window],
    );
    assert.equal(text.trim(), printed.stdout.trim());
    assert.deepEqual(errors, []);
    await takePicture(page, 'native-histograms');
  } finally {
    await browser.stop();
    await server.stop();
    await prometheus.stop();
    await exporter.stop();
  }
});
