// The rival: the same sums in careful plain JavaScript. Reads a saved range response, keeps columns
// in typed arrays, and prints count, mean and quantiles of each latency family over a window and a
// baseline.
//
// node rival.mjs FILE WINDOW_START WINDOW_END BASELINE_START BASELINE_END   (Unix seconds)

import { readFileSync } from 'node:fs';

import { interpolate, lowerBound, quantiles, readColumns } from '../sums.mjs';

const families = {
  ttft: 'vllm:time_to_first_token_seconds',
  itl: 'vllm:inter_token_latency_seconds',
  e2e: 'vllm:e2e_request_latency_seconds',
  queue_time: 'vllm:request_queue_time_seconds',
  prefill_time: 'vllm:request_prefill_time_seconds',
  decode_time: 'vllm:request_decode_time_seconds',
};

/** Growth of a counter between two indices, resets counted from zero. */
function growth(column, first, last) {
  let sum = 0;
  for (let index = first + 1; index <= last; index++) {
    const difference = column[index] - column[index - 1];
    sum += difference >= 0 ? difference : column[index];
  }
  return sum;
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
  const buckets = [...byBound].sort(([left], [right]) => left - right);
  const bounds = Float64Array.from(buckets, ([bound]) => bound);
  const counts = Float64Array.from(buckets, ([, total]) => total);
  return {
    count,
    mean: sum / count,
    quantiles: quantiles.map((q) => ({ q, point: interpolate(q, bounds, counts) })),
  };
}

const [file, ...times] = process.argv.slice(2);
const [windowStart, windowEnd, baselineStart, baselineEnd] = times.map(Number);
const columns = readColumns(JSON.parse(readFileSync(file, 'utf8')));
const answer = {};
for (const [signal, family] of Object.entries(families)) {
  answer[signal] = {
    window: summarise(columns, family, windowStart, windowEnd),
    baseline: summarise(columns, family, baselineStart, baselineEnd),
  };
}
process.stdout.write(JSON.stringify(answer));
