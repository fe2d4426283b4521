// A fleet's history for a real Prometheus, and the queries of a dashboard that draws a line for
// each quantile.

import { formatSample } from '../../../deploy/steps/openmetrics.mjs';
import { metricsOf, scrape, start } from '../fleet-response.mjs';
import { Replica } from '../replica.mjs';

export const replicas = 12;
/** An hour, the five minutes before it that windows reach back to, and a few refreshes. */
const scrapes = 280;
/** Milliseconds of the first load's end. */
export const firstEnd = (start + 260 * scrape) * 1000;
export const rangeMs = 3_600_000;
export const quantiles = [0.5, 0.95, 0.99];

/** Every sample as OpenMetrics text with its time. */
export function history() {
  const metrics = metricsOf({});
  const parts = [];
  for (let number = 0; number < replicas; number++) {
    const replica = new Replica(metrics, { seed: 17 + number, scrapes, start });
    const texts = metrics.map(() => []);
    const instance = `pod-${String(number).padStart(2, '0')}`;
    const heads = metrics.map((metric) => formatSample({ ...metric, instance }, '').trimEnd());
    for (let index = 0; index < scrapes; index++) {
      replica.advance(index);
      const time = start + index * scrape;
      replica
        .values()
        .forEach((value, series) => texts[series].push(`${heads[series]} ${value} ${time}\n`));
    }
    for (const text of texts) parts.push(text.join(''));
  }
  return `${parts.join('')}# EOF\n`;
}

/** The fleet's histograms. */
export function histograms() {
  const names = metricsOf({}).filter(({ le }) => le !== undefined);
  return [...new Set(names.map(({ __name__: name }) => name.replace(/_bucket$/, '')))];
}

/** Number of series. */
export function seriesCount() {
  return metricsOf({}).length * replicas;
}

/** One query for each line; `by` are the labels that lines are drawn by. */
export function dashboard(by) {
  return histograms().flatMap((name) =>
    quantiles.map((q) => ({
      role: `${name} ${q}`,
      promql: `histogram_quantile(${q}, sum by (le, ${by}) (rate(${name}_bucket[5m])))`,
    })),
  );
}
