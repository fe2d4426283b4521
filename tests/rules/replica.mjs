// Series of a replica in the notation of `promtool test rules`, built scrape by scrape.

/** Seconds between two scrapes. */
export const scrape = 15;

/** Scrapes of so many minutes. */
export const minutes = (count) => (count * 60) / scrape;

/**
 * What a healthy replica counts in one scrape: three requests of 100 tokens, each within target.
 */
const growth = {
  'vllm:generation_tokens_total': 300,
  'vllm:num_preemptions_total': 0,
  'vllm:admission_rejections_total': 0,
  'vllm:request_success_total{finished_reason="stop"}': 3,
  'vllm:request_success_total{finished_reason="error"}': 0,
  'vllm:request_success_total{finished_reason="abort"}': 0,
  'vllm:time_to_first_token_seconds_count': 3,
  'vllm:time_to_first_token_seconds_bucket{le="2.5"}': 3,
  'vllm:time_to_first_token_seconds_bucket{le="+Inf"}': 3,
  'vllm:inter_token_latency_seconds_sum': 6,
  'vllm:inter_token_latency_seconds_count': 297,
  'vllm:inter_token_latency_seconds_bucket{le="0.05"}': 297,
  'vllm:inter_token_latency_seconds_bucket{le="+Inf"}': 297,
  'vllm:e2e_request_latency_seconds_count': 3,
  'vllm:e2e_request_latency_seconds_bucket{le="+Inf"}': 3,
  'vllm:request_queue_time_seconds_sum': 0.03,
  'vllm:request_queue_time_seconds_count': 3,
  'vllm:request_prefill_time_seconds_sum': 0.3,
  'vllm:request_inference_time_seconds_sum': 6.3,
  process_cpu_seconds_total: 5,
  'http_requests_total{status="2xx",handler="/v1/completions"}': 3,
  'http_requests_total{status="5xx",handler="/v1/completions"}': 0,
};

/** What it shows at a scrape. */
const states = {
  'vllm:num_requests_running': (index) => 3 + (index % 2),
  'vllm:num_requests_waiting': () => 0,
  'vllm:kv_cache_usage_perc': () => 0.3,
  'vllm:engine_sleep_state{sleep_state="weights_offloaded"}': () => 0,
  'vllm:engine_sleep_state{sleep_state="awake"}': () => 1,
  up: () => 1,
};

/** Of the target, not of the engine. */
const ofTarget = /^(up|process_|http_)/;

/**
 * The series of one replica over `length` scrapes.
 *
 * `change`: by name, a function of the scrape that gives the growth of a counter or the value of a
 * state; `undefined` leaves the sample out, and null in place of a function the series. `restarts`:
 * scrapes at which a new process starts. `down`: `[from, until)` at which no scrape succeeds.
 * `fresh`: counters that begin at 0, as those that appear with the first event that they count.
 */
export function replica({
  length,
  instance = 'a:8000',
  model = 'm',
  change = {},
  restarts = [],
  down = [0, 0],
  fresh = [],
}) {
  const target = { instance, job: 'vllm' };
  const own = { ...target, model_name: model, engine: '0' };
  const isDown = (index) => index >= down[0] && index < down[1];
  const known = { ...Object.fromEntries(Object.keys(growth).map((name) => [name, true])) };
  const series = [];
  const add = (name, values) => {
    const [base, more = ''] = name.split(/[{}]/);
    const labels = { ...(ofTarget.test(name) ? target : own) };
    const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    series.push({
      series: `${base}{${[...text, ...(more ? [more] : [])].join(',')}}`,
      values: values.map((value) => (value === undefined ? '_' : String(value))).join(' '),
    });
  };
  const names = new Set([...Object.keys(growth), ...Object.keys(states), ...Object.keys(change)]);
  for (const name of names) {
    if (change[name] === null) continue;
    const at = change[name] ?? states[name] ?? (() => growth[name]);
    const isCounter = known[name] || /_(total|count|sum|bucket)\b/.test(name);
    let total = isCounter && !fresh.includes(name) ? 1_000 : 0;
    const values = Array.from({ length }, (_, index) => {
      const value = at(index);
      if (isCounter) {
        if (restarts.includes(index)) total = 0;
        total += value ?? 0;
      }
      if (isDown(index)) return name === 'up' ? 0 : name.startsWith('up') ? 0 : staleOnce(index);
      if (value === undefined) return undefined;
      return isCounter ? Number(total.toFixed(6)) : value;
    });
    add(name, values);
  }
  let start = 1_000;
  const starts = Array.from({ length }, (_, index) => {
    if (restarts.includes(index)) start += 1_000;
    return isDown(index) ? staleOnce(index) : start;
  });
  if (change.process_start_time_seconds !== null) add('process_start_time_seconds', starts);
  return series;

  /** A failed scrape ends a series at once. */
  function staleOnce(index) {
    return index === down[0] ? 'stale' : undefined;
  }
}

/**
 * The value `during` within the scrapes `[from, until)`, else `otherwise`: what a healthy replica
 * has.
 */
function between(from, until, during, otherwise) {
  const inside = typeof during === 'function' ? during : () => during;
  return (index) => (index >= from && index < until ? inside(index) : otherwise(index));
}

function healthy(name, index) {
  return states[name] ? states[name](index) : growth[name];
}

/** Several changes that hold within the same scrapes; `otherwise` says what holds beside them. */
export function incident(from, until, changes, otherwise = {}) {
  return Object.fromEntries(
    Object.entries(changes).map(([name, during]) => [
      name,
      between(from, until, during, otherwise[name] ?? ((index) => healthy(name, index))),
    ]),
  );
}

/** Names that scenarios change, each written once. */
export const name = {
  running: 'vllm:num_requests_running',
  waiting: 'vllm:num_requests_waiting',
  kv: 'vllm:kv_cache_usage_perc',
  asleep: 'vllm:engine_sleep_state{sleep_state="weights_offloaded"}',
  tokens: 'vllm:generation_tokens_total',
  preemptions: 'vllm:num_preemptions_total',
  rejections: 'vllm:admission_rejections_total',
  stopped: 'vllm:request_success_total{finished_reason="stop"}',
  aborts: 'vllm:request_success_total{finished_reason="abort"}',
  errors: 'vllm:request_success_total{finished_reason="error"}',
  firstTokens: 'vllm:time_to_first_token_seconds_count',
  firstTokensMet: 'vllm:time_to_first_token_seconds_bucket{le="2.5"}',
  firstTokensAll: 'vllm:time_to_first_token_seconds_bucket{le="+Inf"}',
  tokenTime: 'vllm:inter_token_latency_seconds_sum',
  outputs: 'vllm:inter_token_latency_seconds_count',
  outputsMet: 'vllm:inter_token_latency_seconds_bucket{le="0.05"}',
  outputsAll: 'vllm:inter_token_latency_seconds_bucket{le="+Inf"}',
  ended: 'vllm:e2e_request_latency_seconds_count',
  endedAll: 'vllm:e2e_request_latency_seconds_bucket{le="+Inf"}',
  queueTime: 'vllm:request_queue_time_seconds_sum',
  queued: 'vllm:request_queue_time_seconds_count',
  prefillTime: 'vllm:request_prefill_time_seconds_sum',
  inferenceTime: 'vllm:request_inference_time_seconds_sum',
  processor: 'process_cpu_seconds_total',
  answers: 'http_requests_total{status="2xx",handler="/v1/completions"}',
  failures: 'http_requests_total{status="5xx",handler="/v1/completions"}',
  start: 'process_start_time_seconds',
  up: 'up',
};

/** Nothing is counted: an engine that nobody asks, or that is stuck. */
export const nothing = Object.fromEntries(
  Object.keys(growth)
    .filter((one) => one.startsWith('vllm:') || one.startsWith('http_'))
    .map((one) => [one, 0]),
);

/** An engine that nobody asks: 0/0 everywhere. */
export const idle = { ...nothing, [name.running]: 0, [name.waiting]: 0, [name.kv]: 0 };
