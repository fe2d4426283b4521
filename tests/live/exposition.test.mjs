// Expositions without a Prometheus give what a real one gives for the same scrapes: saved ones file
// by file, a text that promtool takes in, and an engine that both scrape at the same time.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { expositionPair, onsetSeries } from '../../deploy/steps/incidents.mjs';
import { formatSample, toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { startSequence } from '../../deploy/steps/replay-exporter.mjs';
import { assertSameFigures } from './figures.mjs';
import { diagnose, exit } from './program.mjs';

/** As the program labels what files do not say. */
const target = { job: 'exposition', instance: 'exposition' };

const hour = onsetSeries()
  .filter(({ metric }) => metric.__name__ !== 'up')
  .map(({ metric, values }) => ({ metric: { ...metric, ...target }, values }));
const times = hour[0].values.map(([seconds]) => seconds);

let folder;
before(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-exposition-'))));
after(() => rmSync(folder, { recursive: true, force: true }));

/** One file a scrape, as the engine served it; every third one gzipped. */
function savedScrapes() {
  return times.map((seconds, index) => {
    const lines = hour.map(({ metric, values }) => {
      const { job: _job, instance: _instance, ...own } = metric;
      return formatSample(own, values[index][1]);
    });
    const text = `${lines.join('\n')}\n`;
    const file = path.join(folder, `scrape-${index}.prom`);
    writeFileSync(file, index % 3 === 0 ? gzipSync(text) : text);
    utimesSync(file, seconds, seconds);
    return file;
  });
}

test('an hour of saved scrapes reads as from a Prometheus that stored them', async () => {
  const backfill = toOpenMetrics(hour);
  const server = await startPrometheus({ backfill });
  after(() => server.stop());
  const range = ['--start', String(times[0]), '--end', String(times.at(-1))];
  const stored = await diagnose(['--url', server.url, '--raw', ...range]);
  assert.equal(stored.report?.verdict.id, 'slot-cap', stored.stderr);

  const files = savedScrapes();
  const written = await diagnose(['--exposition', ...files]);
  assert.equal(written.stdout, stored.stdout, 'times of the files');
  assert.equal(written.status, exit.finding);
  const spaced = await diagnose(['--every', '15s', '--exposition', ...files]);
  assert.equal(spaced.stdout, stored.stdout, 'order and distance');
  const named = files.map((file, index) => `${times[index]}=${file}`).reverse();
  assert.equal((await diagnose(['--exposition', ...named])).stdout, stored.stdout, 'times given');

  // What promtool takes in says its own times.
  const text = path.join(folder, 'backfill.openmetrics');
  writeFileSync(text, backfill);
  assert.equal((await diagnose(['--exposition', text])).stdout, stored.stdout, 'OpenMetrics');
});

/** What requests were measured at, which does not depend on where a window begins and ends. */
function measured({ report }) {
  const signals = Object.entries(report.signals)
    .filter(([, signal]) => signal.quantiles?.length > 0)
    .map(([id, { mean, quantiles }]) => [id, { mean, quantiles }]);
  assert.ok(signals.length > 3, `only ${signals.length} signals have quantiles`);
  const { finished_requests } = report.window;
  return {
    window: { finished_requests },
    signals: Object.fromEntries(signals),
    phases: report.phases,
    verdict: report.verdict,
  };
}

test('an engine is scraped as by a Prometheus beside it', async () => {
  const [first, second] = expositionPair('before');
  const engine = await startSequence([first, second]);
  after(() => engine.stop());
  const targets = [{ address: engine.address, job: 'scrape', labels: {} }];
  const server = await startPrometheus({ targets, interval: '1s' });
  after(() => server.stop());
  const query = 'sum(up{job="scrape"})';
  for (let tries = 0; (await server.query(query))[0]?.value[1] !== '1'; tries += 1) {
    assert.ok(tries < 100, 'Prometheus never scraped the engine');
    await sleep(100);
  }

  const began = Math.floor(Date.now() / 1000);
  const scraping = diagnose([
    '--scrape',
    `http://${engine.address}`,
    '--for',
    '8s',
    '--every',
    '1s',
  ]);
  await sleep(4_000);
  engine.show(1);
  const scraped = await scraping;
  const end = Math.floor(Date.now() / 1000) - 1;
  const range = ['--start', String(began), '--end', String(end)];
  const stored = await diagnose(['--url', server.url, '--raw', ...range]);
  assert.ok(scraped.report, `scraping gave no report: ${scraped.stderr}`);
  assert.ok(stored.report, `Prometheus gave no report: ${stored.stderr}`);
  assert.equal(scraped.report.verdict.id, 'slot-cap');
  assert.equal(scraped.report.window.finished_requests, 96);
  assertSameFigures(measured(scraped), measured(stored), 'scraped');
  assert.deepEqual(scraped.report.scopes[0].replicas, stored.report.scopes[0].replicas);
});
