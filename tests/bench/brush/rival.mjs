// The rival in the page: the sums behind a report in careful plain JavaScript. Everything that no
// window changes is prepared once; a move then reads two rows for each histogram and replica.

import { interpolate, lowerBound, quantiles, readColumns } from '../sums.mjs';

/** Histogram families by the signal that reports them. */
const histograms = {
  ttft: 'vllm:time_to_first_token_seconds',
  queue_time: 'vllm:request_queue_time_seconds',
  prefill_time: 'vllm:request_prefill_time_seconds',
  itl: 'vllm:inter_token_latency_seconds',
  tpot: 'vllm:request_time_per_output_token_seconds',
  e2e: 'vllm:e2e_request_latency_seconds',
  decode_time: 'vllm:request_decode_time_seconds',
  inference_time: 'vllm:request_inference_time_seconds',
  prompt_tokens_per_request: 'vllm:request_prompt_tokens',
  computed_prompt_tokens_per_request: 'vllm:request_prefill_kv_computed_tokens',
  generation_tokens_per_request: 'vllm:request_generation_tokens',
};

const add = (left, right) => left + right;

/** Gauges by signal: which series, and how replicas combine. */
const gauges = {
  running: { name: 'vllm:num_requests_running', combine: add },
  waiting: { name: 'vllm:num_requests_waiting', combine: add },
  waiting_deferred: {
    name: 'vllm:num_requests_waiting_by_reason',
    reason: 'deferred',
    combine: add,
  },
  kv_usage: { name: 'vllm:kv_cache_usage_perc', combine: Math.max },
};

/**
 * Prepares a parsed range response; returns the function that answers one window and its baseline.
 */
export function prepareRival(response) {
  const series = readColumns(response);
  const [{ times: seconds }] = series;
  const times = seconds.map((time) => Math.round(time * 1000));
  const families = Object.entries(histograms).map(([signal, name]) =>
    prepareHistogram(series, signal, name),
  );
  const levels = Object.entries(gauges).map(([signal, gauge]) =>
    prepareGauge(series, signal, gauge),
  );

  const measure = ({ start, end }) => {
    const first = lowerBound(times, start);
    const last = lowerBound(times, end + 1) - 1;
    const answer = {};
    for (const family of families) answer[family.signal] = windowOfHistogram(family, first, last);
    for (const gauge of levels) answer[gauge.signal] = windowOfGauge(gauge, first, last);
    return answer;
  };
  return (window, baseline) => ({ window: measure(window), baseline: measure(baseline) });
}

/**
 * One matrix a replica, a row for each time: the buckets by bound, then sum and count, resets taken
 * out.
 */
function prepareHistogram(series, signal, name) {
  const isBucket = ({ metric }) => metric.__name__ === `${name}_bucket`;
  const bound = ({ metric }) => (metric.le === '+Inf' ? Infinity : +metric.le);
  const replicas = Map.groupBy(
    series.filter(
      (one) => isBucket(one) || [`${name}_sum`, `${name}_count`].includes(one.metric.__name__),
    ),
    ({ metric }) => metric.instance,
  );
  let bounds;
  const matrices = [...replicas.values()].map((parts) => {
    const buckets = parts.filter(isBucket).sort((left, right) => bound(left) - bound(right));
    bounds = Float64Array.from(buckets, bound);
    const one = (suffix) => parts.find(({ metric }) => metric.__name__ === name + suffix);
    return timeMajor(
      [...buckets, one('_sum'), one('_count')].map(({ column }) => withoutResets(column)),
    );
  });
  const width = bounds.length + 2;
  return { signal, bounds, width, matrices, merged: new Float64Array(width) };
}

function withoutResets(column) {
  let lost = 0;
  return column.map((value, index) => {
    if (index > 0 && value < column[index - 1]) lost += column[index - 1];
    return value + lost;
  });
}

function timeMajor(columns) {
  const width = columns.length;
  const matrix = new Float64Array(width * columns[0].length);
  columns.forEach((column, part) =>
    column.forEach((value, index) => (matrix[index * width + part] = value)),
  );
  return matrix;
}

function windowOfHistogram({ bounds, width, matrices, merged }, first, last) {
  merged.fill(0);
  for (const matrix of matrices) {
    const from = first * width;
    const to = last * width;
    for (let part = 0; part < width; part++)
      merged[part] += matrix[to + part] - matrix[from + part];
  }
  const count = merged[width - 1];
  return {
    count,
    mean: merged[width - 2] / count,
    points: quantiles.map((q) => interpolate(q, bounds, merged)),
  };
}

/** The replicas combined at each time, with its prefix sums. */
function prepareGauge(series, signal, { name, reason, combine }) {
  const own = series.filter(({ metric }) => metric.__name__ === name && metric.reason === reason);
  const column = own
    .map((one) => one.column)
    .reduce((left, right) => left.map((value, at) => combine(value, right[at])));
  const sums = new Float64Array(column.length + 1);
  column.forEach((value, index) => (sums[index + 1] = sums[index] + value));
  return { signal, column, sums };
}

function windowOfGauge({ column, sums }, first, last) {
  let min = Infinity;
  let max = -Infinity;
  for (let index = first; index <= last; index++) {
    const value = column[index];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { mean: (sums[last + 1] - sums[first]) / (last + 1 - first), min, max };
}
