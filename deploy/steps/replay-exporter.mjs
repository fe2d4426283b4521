// An exporter on a loopback port that shows recorded metrics as a serving engine would: never a
// value between two records.

import { createServer } from 'node:http';

import { formatSample } from './openmetrics.mjs';

/** Labels that a scraper adds, and the series it makes itself. */
const scraperLabels = new Set(['job', 'instance']);

/** Serves `/metrics` with whatever `text()` returns at that moment. */
export async function startExporter(text) {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics')
      return response.writeHead(404).end('only /metrics is served here\n');
    return response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      .end(text());
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  return {
    address: `127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Shows one exposition after the other; `show(index)` switches at once, without a value in between.
 */
export async function startSequence(expositions) {
  let shown = 0;
  const exporter = await startExporter(() => expositions[shown]);
  return { ...exporter, show: (index) => (shown = index) };
}

/**
 * Recorded series as they stand `elapsed` seconds after the record began. After its end the last
 * `repeat` seconds play again and again: gauges repeat, counters go on rising by the same amounts.
 */
export class Recording {
  constructor(series, { repeat = 900 } = {}) {
    this.series = series.filter(({ metric }) => metric.__name__ !== 'up');
    this.times = series[0].values.map(([seconds]) => seconds);
    this.start = this.times[0];
    this.length = this.times[this.times.length - 1] - this.start;
    this.repeat = Math.min(repeat, this.length);
  }

  /** History up to `elapsed`, moved so that it ends at `now` (seconds): series for a backfill. */
  history(elapsed, now) {
    const shift = Math.floor(now - elapsed) - this.start;
    return this.series.map(({ metric, values }) => ({
      metric,
      values: values
        .filter(([seconds]) => seconds <= this.start + elapsed)
        .map(([seconds, value]) => [seconds + shift, this.#moved(metric, value, shift)]),
    }));
  }

  /** The exposition at `elapsed` seconds, for a record that began at `began` (Unix seconds). */
  exposition(elapsed, began) {
    const rounds = elapsed <= this.length ? 0 : Math.ceil((elapsed - this.length) / this.repeat);
    const now = this.#index(elapsed - rounds * this.repeat);
    const from = this.#index(this.length - this.repeat);
    const last = this.times.length - 1;
    const lines = this.series.map(({ metric, values }) => {
      const labels = Object.fromEntries(
        Object.entries(metric).filter(([name]) => !scraperLabels.has(name)),
      );
      const value = Number(values[now][1]);
      const gain = isCounter(metric.__name__)
        ? Number(values[last][1]) - Number(values[from][1])
        : 0;
      return formatSample(
        labels,
        this.#moved(metric, value + rounds * gain, Math.floor(began) - this.start),
      );
    });
    return `${lines.join('\n')}\n`;
  }

  #index(elapsed) {
    const next = this.times.findIndex((seconds) => seconds - this.start > elapsed);
    return next === -1 ? this.times.length - 1 : Math.max(0, next - 1);
  }

  // The start of the process moves with the record; every other value is no time.
  #moved(metric, value, shift) {
    return metric.__name__ === 'process_start_time_seconds' ? Number(value) + shift : value;
  }
}

function isCounter(name) {
  return /_(total|bucket|sum|count)$/.test(name);
}
