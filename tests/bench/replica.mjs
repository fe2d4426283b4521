// One replica of the benchmarks' fleet: requests drawn at random, counted as an engine counts them.

import { randomNumbers } from './random.mjs';

/** Requests that finish between two scrapes in a quiet hour; the day's wave doubles it. */
const requestsPerScrape = 4;
/** From this share of the time on, waiting requests queue before eight slots. */
const onset = 0.95;

/** One request: its phases in seconds and its tokens. */
function request(random, isQueueing) {
  const prompt = Math.floor(100 + 1500 * random() ** 2);
  const output = Math.floor(20 + 400 * random() ** 2);
  const queue = isQueueing ? 1 + 4 * random() : 0.002 * random();
  const prefill = 0.01 + prompt * 0.0001;
  const decode = (output - 1) * (0.012 + 0.004 * random());
  return { prompt, output, queue, prefill, decode, front: 0.02 * random() };
}

/** What a request adds to each histogram, and how often. */
const observations = {
  time_to_first_token_seconds: ({ front, queue, prefill }) => [front + queue + prefill, 1],
  inter_token_latency_seconds: ({ decode, output }) => [decode / (output - 1), output - 1],
  time_per_output_token_seconds: ({ decode, output }) => [decode / (output - 1), output - 1],
  request_time_per_output_token_seconds: ({ decode, output }) => [decode / (output - 1), 1],
  e2e_request_latency_seconds: ({ front, queue, prefill, decode }) => [
    front + queue + prefill + decode,
    1,
  ],
  request_queue_time_seconds: ({ queue }) => [queue, 1],
  request_inference_time_seconds: ({ prefill, decode }) => [prefill + decode, 1],
  request_prefill_time_seconds: ({ prefill }) => [prefill, 1],
  request_decode_time_seconds: ({ decode }) => [decode, 1],
  request_prompt_tokens: ({ prompt }) => [prompt, 1],
  request_generation_tokens: ({ output }) => [output, 1],
  request_prefill_kv_computed_tokens: ({ prompt }) => [prompt, 1],
};

/** What a request adds to each plain counter. */
const additions = {
  prompt_tokens_total: ({ prompt }) => prompt,
  generation_tokens_total: ({ output }) => output,
  prefix_cache_queries_total: ({ prompt }) => prompt,
  'request_success_total stop': () => 1,
};

const base = (name) => name.replace('vllm:', '').replace(/_(bucket|sum|count)$/, '');
const boundOf = (le) => (le === '+Inf' ? Infinity : Number(le));

/** Running totals of one engine process. */
export class Replica {
  #random;
  #scrapes;
  #levels = { process_start_time_seconds: 0, cache_config_info: 1 };
  #counters = new Map();
  #histograms = new Map();
  #readers;

  /** `metrics` are the labels of its series; over all `scrapes` passes one day. */
  constructor(metrics, { seed, scrapes, start }) {
    this.#random = randomNumbers(seed);
    this.#scrapes = scrapes;
    // Processes of one rollout start some seconds apart: two with one start may be one scraped
    // twice.
    this.#levels.process_start_time_seconds = start - 86_400 + 7.31 * seed;
    for (const { __name__: name, le } of metrics.filter((metric) => metric.le !== undefined)) {
      const histogram = this.#histograms.get(base(name)) ?? { bounds: [], sum: 0, count: 0 };
      histogram.bounds.push(boundOf(le));
      this.#histograms.set(base(name), histogram);
    }
    for (const histogram of this.#histograms.values()) {
      histogram.bounds = Float64Array.from(histogram.bounds).sort();
      histogram.counts = new Float64Array(histogram.bounds.length);
    }
    this.#readers = metrics.map((metric) => this.#reader(metric));
  }

  /** Everything until the next scrape. */
  advance(index) {
    const wave = 1.5 - 0.5 * Math.cos((2 * Math.PI * index) / this.#scrapes);
    const isQueueing = index > onset * this.#scrapes;
    const finished = Math.floor(requestsPerScrape * wave + this.#random());
    for (let count = 0; count < finished; count++) this.#finish(request(this.#random, isQueueing));
    this.#levels.num_requests_running = isQueueing ? 8 : Math.floor(3 + 3 * this.#random());
    this.#levels.num_requests_waiting = isQueueing ? Math.floor(4 + 8 * this.#random()) : 0;
    this.#levels.kv_cache_usage_perc = 0.1 + 0.05 * this.#random();
  }

  /** One value for each series. */
  values() {
    return this.#readers.map((read) => read());
  }

  #finish(one) {
    for (const [name, histogram] of this.#histograms) {
      const [value, times] = observations[name](one);
      let bucket = 0;
      while (histogram.bounds[bucket] < value) bucket++;
      histogram.counts[bucket] += times;
      histogram.sum += value * times;
      histogram.count += times;
    }
    for (const [name, amount] of Object.entries(additions)) {
      this.#counters.set(name, (this.#counters.get(name) ?? 0) + amount(one));
    }
  }

  #reader({ __name__: name, le, finished_reason: reason }) {
    const histogram = this.#histograms.get(base(name));
    if (histogram && le !== undefined) {
      const last = histogram.bounds.indexOf(boundOf(le)) + 1;
      return () => {
        let total = 0;
        for (let bucket = 0; bucket < last; bucket++) total += histogram.counts[bucket];
        return total;
      };
    }
    if (histogram && name.endsWith('_sum')) return () => histogram.sum;
    if (histogram && name.endsWith('_count')) return () => histogram.count;
    const key = [name.replace('vllm:', ''), reason].filter((part) => part !== undefined).join(' ');
    return () => this.#levels[key] ?? this.#counters.get(key) ?? 0;
  }
}

/**
 * Bounds made as many as wanted: the largest finite ones left out or midpoints put between, +Inf
 * stays the last.
 */
export function fitted(texts, wanted) {
  const bounds = texts.map(boundOf).sort((left, right) => left - right);
  while (bounds.length > wanted) bounds.splice(-2, 1);
  for (let at = 0; bounds.length < wanted; at += 2)
    bounds.splice(at + 1, 0, (bounds[at] + bounds[at + 1]) / 2);
  return bounds.map((bound) => (bound === Infinity ? '+Inf' : String(bound)));
}
