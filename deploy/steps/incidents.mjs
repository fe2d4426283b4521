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

/**
 * The pair as a scraper would have stored it: the first exposition every `step` seconds from `lead`
 * seconds before it was taken, then the second for `tail` seconds. Nothing in between is invented,
 * so counts and sums stay exact.
 */
export function pairSeries(name, { step = 15, lead = 600, tail = 60, end = pairEnd } = {}) {
  const [first, second] = expositionPair(name).map(parseExposition);
  const times = [];
  for (let time = end - pairDistance - lead; time <= end + tail; time += step) times.push(time);
  return first.map(({ metric, value }, index) => {
    const later = sameSeries(metric, second[index]).value;
    return {
      metric: { ...metric, ...scrapeLabels },
      values: times.map((time) => [time, time < end ? value : later]),
    };
  });
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
