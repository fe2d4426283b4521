// The published slot-cap incident as series: two pairs of scrapes 300 s apart, and one hour with
// its onset.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { parseExposition } from './openmetrics.mjs';
import { root } from './process.mjs';

const folder = path.join(root, 'tests/incidents/seed000');

/** Labels under which a scraper would store the engine's series. */
export const scrapeLabels = { job: 'vllm', instance: 'pod-0' };

/**
 * Unix seconds of the second scrape of a pair, wherever a fixed time is wanted; a multiple of the
 * 15 s step.
 */
export const pairEnd = 1_780_000_200;

/** Seconds between the two scrapes of a pair. */
export const pairDistance = 300;

/** The two expositions of `before` or `after`, as the engine served them. */
export function expositionPair(name) {
  const read = (scrape) =>
    readFileSync(path.join(folder, `seed000-${name}.${scrape}.prom`), 'utf8');
  return [read('t0'), read('t1')];
}

/** Endings of the names of what only ever grows. */
const counter = /_(total|bucket|sum|count)$/;

/**
 * The pair as a scraper would have stored it every `step` seconds. The first and the last sample
 * are the engine's own, so counts and sums of the whole stretch are exact; in between counters grow
 * evenly, in whole numbers where the engine counts whole ones: counters that stood still beside
 * running requests would be those of an engine that hangs.
 */
export function pairSeries(name, { step = 15, end = pairEnd } = {}) {
  const [first, second] = expositionPair(name).map(parseExposition);
  const times = [];
  for (let time = end - pairDistance; time <= end; time += step) times.push(time);
  return first.map(({ metric, value }, index) => {
    const later = sameSeries(metric, second[index]).value;
    const grows = counter.test(metric.__name__) && Number(later) > Number(value);
    const isWhole = Number.isInteger(Number(value)) && Number.isInteger(Number(later));
    const at = (time) => {
      if (time === end) return later;
      if (!grows || time === end - pairDistance) return value;
      const share = (time - (end - pairDistance)) / pairDistance;
      const even = Number(value) + (Number(later) - Number(value)) * share;
      return String(isWhole ? Math.floor(even) : even);
    };
    return {
      metric: { ...metric, ...scrapeLabels },
      values: times.map((time) => [time, at(time)]),
    };
  });
}

/**
 * The first exposition of a pair every second for ten minutes, up to the second before `end`: the
 * past of an engine that serves it from then on, to which a scraper's samples join without a step.
 */
export function standingSeries(name, end) {
  const [first] = expositionPair(name).map(parseExposition);
  const times = Array.from({ length: 600 }, (_, index) => end - 600 + index);
  return first.map(({ metric, value }) => ({
    metric: { ...metric, ...scrapeLabels },
    values: times.map((time) => [time, value]),
  }));
}

/** One hour of raw series at 15 s: 16 slots until minute 32, then 2. */
export function onsetSeries() {
  const bytes = gunzipSync(readFileSync(path.join(folder, 'onset.response.json.gz')));
  return JSON.parse(bytes).data.result;
}

function sameSeries(metric, sample) {
  if (JSON.stringify(sample?.metric) !== JSON.stringify(metric)) {
    throw new Error(`the two expositions differ in their series at ${JSON.stringify(metric)}`);
  }
  return sample;
}
