// Scrapes as they really fail: Prometheus ends every series of the target at once, which no
// backfilled history can show. The fleet lives half a minute before a real scraper; then all ways
// to ask have to count the same.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { onsetSeries } from '../../deploy/steps/incidents.mjs';
import { formatSample } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { assertSameFigures } from './figures.mjs';
import { diagnose } from './program.mjs';

const hour = onsetSeries().filter(({ metric }) => metric.__name__ !== 'up');
const isCounter = (name) => /_(total|bucket|count|sum)$/.test(name);
const seconds = 34;

/**
 * What each engine does at a second of its life: `down`, or the second at which its process started
 * (0: long ago).
 */
const fleet = {
  steady: () => 0,
  flapping: (second) => ([9, 10, 11, 15, 21].includes(second) ? 'down' : 0),
  restarting: (second) => (second < 14 ? 0 : second < 20 ? 14 : 20),
  replaced: (second) => (second < 12 ? 0 : second < 15 ? 'down' : 15),
  coming: (second) => (second < 18 ? 'down' : 0),
  going: (second) => (second < 24 ? 0 : 'down'),
};

/** Six records of the hour pass in a second, so that every scrape finds new requests. */
const recordOf = (second) => Math.min(second * 6, hour[0].values.length - 1);

function exposition(number, second, born) {
  const lines = hour.map(({ metric, values }) => {
    const at = (when) => Number(values[recordOf(when)][1]);
    const { job: _job, instance: _instance, ...own } = metric;
    const base = born === 0 ? -1_000 * number : at(born);
    return formatSample(
      own,
      isCounter(metric.__name__) ? String(at(second) - base) : values[recordOf(second)][1],
    );
  });
  return `${lines.join('\n')}\n`;
}

async function startEngine(number, life, secondNow) {
  const server = createServer((_request, response) => {
    const second = secondNow();
    const born = life(second);
    if (born === 'down') return response.writeHead(503).end();
    return response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      .end(exposition(number, second, born));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

test('missed scrapes, restarts, arrivals and departures are counted alike by replica, by model and from raw series', async () => {
  let began = Infinity;
  const secondNow = () => Math.max(0, Math.floor((Date.now() - began) / 1000));
  const engines = await Promise.all(
    Object.values(fleet).map((life, number) => startEngine(number + 1, life, secondNow)),
  );
  after(() => Promise.all(engines.map((engine) => engine.stop())));
  const targets = Object.keys(fleet).map((name, index) => ({
    address: engines[index].address,
    job: 'vllm',
    labels: { instance: name },
  }));
  const server = await startPrometheus({ targets, interval: '1s' });
  after(() => server.stop());
  began = Date.now();
  await sleep(seconds * 1000);

  const end = Math.floor(Date.now() / 1000) - 1;
  const start = end - seconds + 4;
  const flapped = await server.query(`changes(up{instance="flapping"}[${seconds}s])`, end);
  assert.ok(Number(flapped[0].value[1]) >= 4, 'scrapes of one engine failed and succeeded in turn');
  for (const from of [start, start + 12]) {
    const range = ['--url', server.url, '--start', String(start), '--end', String(end)];
    const asked = [...range, '--window', `${from}..${end}`, '--baseline', 'none'];
    const raw = await diagnose([...asked, '--raw']);
    assert.ok(raw.report, `the raw selector gave no report: ${raw.stderr}`);
    // Engines that are played in seconds contradict their own times, so that no count is shown.
    const shown = raw.report.window.finished_requests;
    assert.ok(shown === undefined || shown > 20, `${shown} requests`);
    assert.ok(Object.keys(raw.report.signals).length > 3, 'there are measurements to compare');
    assert.equal((await diagnose(asked)).stdout, raw.stdout, 'by replica');
    const byModel = await diagnose([...asked, '--grouping', 'model']);
    assertSameFigures(byModel.report, raw.report, 'by model');
  }
});
