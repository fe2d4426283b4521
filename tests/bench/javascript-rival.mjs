// The rival: the same sums in careful plain JavaScript. Reads a saved range response, keeps columns in typed arrays,
// and prints count, mean and quantiles of each latency family over a window and a baseline.
//
// node javascript-rival.mjs FILE WINDOW_START WINDOW_END BASELINE_START BASELINE_END   (Unix seconds)

import { readFileSync } from 'node:fs';

const families = {
  ttft: 'vllm:time_to_first_token_seconds',
  itl: 'vllm:inter_token_latency_seconds',
  e2e: 'vllm:e2e_request_latency_seconds',
  queue_time: 'vllm:request_queue_time_seconds',
  prefill_time: 'vllm:request_prefill_time_seconds',
  decode_time: 'vllm:request_decode_time_seconds',
};
const quantiles = [0.5, 0.95, 0.99];

/** Parsed series with their values in one typed array each; times are shared by all series of one length. */
function readColumns(file) {
  const { data } = JSON.parse(readFileSync(file, 'utf8'));
  let times;
  return data.result.map(({ metric, values }) => {
    const { length } = values;
    if (times?.length !== length) {
      times = new Float64Array(length);
      for (let index = 0; index < length; index++) times[index] = values[index][0];
    }
    const column = new Float64Array(length);
    for (let index = 0; index < length; index++) column[index] = +values[index][1];
    return { metric, times, column };
  });
}

/** Index of the first time at or after `time`. */
function lowerBound(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Growth of a counter between two indices, resets counted from zero. */
function growth(column, first, last) {
  let sum = 0;
  for (let index = first + 1; index <= last; index++) {
    const difference = column[index] - column[index - 1];
    sum += difference >= 0 ? difference : column[index];
  }
  return sum;
}

/** PromQL's linear interpolation inside the bucket that holds the rank. */
function interpolate(q, buckets) {
  const total = buckets[buckets.length - 1].count;
  const rank = q * total;
  const found = buckets.findIndex(({ count }) => count >= rank);
  if (found === buckets.length - 1) return buckets[found - 1].bound;
  if (found === 0 && buckets[0].bound <= 0) return buckets[0].bound;
  const lower = found === 0 ? 0 : buckets[found - 1].bound;
  const below = found === 0 ? 0 : buckets[found - 1].count;
  return lower + (buckets[found].bound - lower) * ((rank - below) / (buckets[found].count - below));
}

function summarise(columns, family, start, end) {
  let sum = 0;
  let count = 0;
  const byBound = new Map();
  for (const { metric, times, column } of columns) {
    const name = metric.__name__;
    if (!name.startsWith(family)) continue;
    const first = lowerBound(times, start);
    const last = lowerBound(times, end + 0.0005) - 1;
    const part = name.slice(family.length);
    if (part === '_sum') sum += growth(column, first, last);
    else if (part === '_count') count += growth(column, first, last);
    else if (part === '_bucket') {
      const bound = metric.le === '+Inf' ? Infinity : +metric.le;
      byBound.set(bound, (byBound.get(bound) ?? 0) + growth(column, first, last));
    }
  }
  const buckets = [...byBound].map(([bound, total]) => ({ bound, count: total })).sort((a, b) => a.bound - b.bound);
  return { count, mean: sum / count, quantiles: quantiles.map((q) => ({ q, point: interpolate(q, buckets) })) };
}

const [file, ...times] = process.argv.slice(2);
const [windowStart, windowEnd, baselineStart, baselineEnd] = times.map(Number);
const columns = readColumns(file);
const answer = {};
for (const [signal, family] of Object.entries(families)) {
  answer[signal] = {
    window: summarise(columns, family, windowStart, windowEnd),
    baseline: summarise(columns, family, baselineStart, baselineEnd),
  };
}
process.stdout.write(JSON.stringify(answer));
