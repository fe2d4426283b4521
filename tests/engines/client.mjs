// What the clients of a recording measured, in the same window as the engine's histograms.

import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';

/**
 * One request as its client saw it. Times in seconds, of the start as Unix seconds. `status` is
 * that of HTTP, 499 where the client hung up, 0 for a request in flight when the recording ended
 * and −1 for one that was refused. `output` counts tokens and is 0 unless the request finished.
 *
 * @typedef {{
 *   start: number;
 *   status: number;
 *   output: number;
 *   ttft: number | null;
 *   e2e: number;
 *   gaps: number[];
 * }} ClientRequest
 */

/** @returns {ClientRequest[]} */
export function readClient(file) {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line) => {
    const [start, status, , output, ttft, e2e, gaps] = JSON.parse(line);
    return { start, status, output, ttft, e2e, gaps: gaps.map((gap) => gap / 1000) };
  });
}

/** The clients' values of a signal that an engine would book within (from, to]. */
const values = {
  ttft: (requests, isInside) =>
    requests
      .filter(({ start, ttft }) => ttft !== null && isInside(start + ttft))
      .map(({ ttft }) => ttft),
  e2e: (requests, isInside) => finished(requests, isInside).map(({ e2e }) => e2e),
  tpot: (requests, isInside) =>
    finished(requests, isInside)
      .filter(({ output }) => output > 1)
      .map(({ ttft, e2e, output }) => (e2e - ttft) / (output - 1)),
  itl(requests, isInside) {
    const inside = [];
    for (const { start, ttft, gaps } of requests.filter(({ ttft }) => ttft !== null)) {
      let at = start + ttft;
      for (const gap of gaps) {
        at += gap;
        if (isInside(at)) inside.push(gap);
      }
    }
    return inside;
  },
};

/** Signals that clients measure too. */
export const clientSignals = Object.keys(values);

function finished(requests, isInside) {
  return requests.filter(({ status, start, e2e }) => status === 200 && isInside(start + e2e));
}

/**
 * The clients' quantile in a window whose ends are uncertain by `scrape` seconds: a server answers
 * with the last scrape before a time. The least and the greatest of what the ends allow, with the
 * number of values in the middle; undefined for fewer than twenty, which no quantile rests on.
 */
export function clientQuantile(requests, signal, q, { start, end }, scrape) {
  const found = [];
  let count = 0;
  for (const late of [0, scrape / 2, scrape]) {
    for (const early of [0, scrape / 2, scrape]) {
      const isInside = (at) => at > start - late && at <= end - early;
      const sorted = values[signal](requests, isInside).sort((a, b) => a - b);
      if (sorted.length < 20) return undefined;
      if (late === scrape / 2 && early === late) count = sorted.length;
      found.push(sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]);
    }
  }
  return { least: Math.min(...found), most: Math.max(...found), count };
}

/** How many requests the clients saw finish within (start, end], as few and as many as may be. */
export function clientFinished(requests, { start, end }, scrape) {
  const within = (from, to) => finished(requests, (at) => at > from && at <= to).length;
  return { least: within(start, end - scrape), most: within(start - scrape, end) };
}
