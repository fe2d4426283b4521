// A day of four replicas as one saved range response, made anew and always the same: at 15 s, 5.8 million samples.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { onsetSeries } from '../../deploy/steps/incidents.mjs';
import { targetFolder } from '../../deploy/steps/rust.mjs';

export const replicas = 4;
export const step = 15;
export const steps = (24 * 3600) / step;
/** Unix seconds of the first sample. */
export const start = 1_780_000_020;

/** Requests that were drawn per step and replica in a quiet hour; the day's wave doubles it. */
const requestsPerStep = 4;
/** From this share of the day on, waiting requests queue before eight slots. */
const onset = 0.95;

/** A small generator of numbers in [0, 1) with a fixed seed (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One request: its phases in seconds and its tokens. */
function request(random, isQueueing) {
  const prompt = Math.floor(100 + 1500 * random() ** 2);
  const output = Math.floor(20 + 400 * random() ** 2);
  const queue = isQueueing ? 1 + 4 * random() : 0.002 * random();
  const prefill = 0.01 + prompt * 0.0001;
  const decode = (output - 1) * (0.012 + 0.004 * random());
  return { prompt, output, queue, prefill, decode, front: 0.02 * random() };
}

/** What one request adds to each histogram: the family's base name → observed value. */
function observations({ prompt, output, queue, prefill, decode, front }) {
  return {
    time_to_first_token_seconds: front + queue + prefill,
    request_time_per_output_token_seconds: decode / (output - 1),
    e2e_request_latency_seconds: front + queue + prefill + decode,
    request_queue_time_seconds: queue,
    request_inference_time_seconds: prefill + decode,
    request_prefill_time_seconds: prefill,
    request_decode_time_seconds: decode,
    request_prompt_tokens: prompt,
    request_generation_tokens: output,
    request_prefill_kv_computed_tokens: prompt,
  };
}

/** Running totals of one replica, by series name and, for buckets, bound. */
class Replica {
  constructor(template, seed) {
    this.random = randomNumbers(seed);
    this.totals = new Map();
    this.bounds = new Map();
    for (const { metric } of template.filter(({ metric }) => metric.le !== undefined)) {
      const base = metric.__name__.slice('vllm:'.length, -'_bucket'.length);
      const bounds = this.bounds.get(base) ?? [];
      this.bounds.set(base, [...bounds, { le: metric.le, bound: metric.le === '+Inf' ? Infinity : Number(metric.le) }]);
    }
  }

  advance(index) {
    const wave = 1.5 - 0.5 * Math.cos((2 * Math.PI * index) / steps);
    const isQueueing = index > onset * steps;
    const finished = Math.floor(requestsPerStep * wave + this.random());
    for (let count = 0; count < finished; count++) this.#finish(request(this.random, isQueueing));
    this.totals.set('num_requests_running', isQueueing ? 8 : Math.floor(3 + 3 * this.random()));
    this.totals.set('num_requests_waiting', isQueueing ? Math.floor(4 + 8 * this.random()) : 0);
    this.totals.set('kv_cache_usage_perc', 0.1 + 0.05 * this.random());
  }

  #finish(one) {
    for (const [base, value] of Object.entries(observations(one))) this.#observe(base, value, 1);
    this.#observe('inter_token_latency_seconds', one.decode / (one.output - 1), one.output - 1);
    this.#add('prompt_tokens_total', one.prompt);
    this.#add('generation_tokens_total', one.output);
    this.#add('prefix_cache_queries_total', one.prompt);
    this.#add('request_success_total stop', 1);
  }

  #observe(base, value, count) {
    this.#add(`${base}_sum`, value * count);
    this.#add(`${base}_count`, count);
    for (const { le, bound } of this.bounds.get(base)) {
      if (value <= bound) this.#add(`${base}_bucket ${le}`, count);
    }
  }

  #add(key, amount) {
    this.totals.set(key, (this.totals.get(key) ?? 0) + amount);
  }

  value({ __name__: name, le, finished_reason: reason }) {
    if (name === 'process_start_time_seconds') return start - 86_400;
    if (name === 'vllm:cache_config_info') return 1;
    const key = [name.replace('vllm:', ''), le ?? reason].filter((part) => part !== undefined).join(' ');
    return this.totals.get(key) ?? 0;
  }
}

/**
 * Writes the response to the target folder unless it is there; returns its path. `every` keeps one of so many samples:
 * the same fleet, asked for with a longer step.
 */
export async function fleetResponse({ every = 1 } = {}) {
  const folder = path.join(targetFolder(), 'bench');
  const file = path.join(folder, `fleet-24h-${every * step}s.json`);
  const program = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  if (existsSync(file) && statSync(file).mtimeMs > program) return file;
  mkdirSync(folder, { recursive: true });
  const template = onsetSeries().filter(({ metric }) => metric.__name__ !== 'up');
  const handle = await open(file, 'w');
  try {
    await handle.write('{"status":"success","data":{"resultType":"matrix","result":[');
    for (let replica = 0; replica < replicas; replica++) {
      await handle.write(`${replica === 0 ? '' : ','}${replicaSeries(template, replica, every).join(',')}`);
    }
    await handle.write(']}}');
  } finally {
    await handle.close();
  }
  return file;
}

function replicaSeries(template, number, every) {
  const replica = new Replica(template, 17 + number);
  const texts = template.map(() => []);
  for (let index = 0; index < steps; index++) {
    replica.advance(index);
    if (index % every !== 0) continue;
    const time = start + index * step;
    template.forEach(({ metric }, series) => texts[series].push(`[${time},"${replica.value(metric)}"]`));
  }
  return template.map(({ metric }, series) => {
    const labels = JSON.stringify({ ...metric, instance: `pod-${number}` });
    return `{"metric":${labels},"values":[${texts[series].join(',')}]}`;
  });
}
