// Range responses as Prometheus writes them: compact, six labels, one time grid. The same bytes on
// every machine.

import { randomNumbers } from '../random.mjs';

const start = 1_780_000_000;
const step = 15;

/** Makers of a series' values, one text a step. */
export const kinds = {
  /** Cumulative counts of requests. */
  counters(random) {
    let total = Math.floor(random() * 1e6);
    return () => String((total += Math.floor(random() * 20)));
  },
  /** What `rate(x[5m])` gives: full precision, 16 to 18 digits. */
  rates(random) {
    const requests = 1 + 400 * random();
    return () => String((requests * (0.8 + 0.4 * random())) / 285);
  },
};

/** The bytes of a response. */
export function makeResponse(kind, series, samples) {
  const encoder = new TextEncoder();
  const random = randomNumbers(series + samples);
  const parts = [encoder.encode('{"status":"success","data":{"resultType":"matrix","result":[')];
  for (let number = 0; number < series; number++) {
    const value = kinds[kind](random);
    const metric = {
      __name__: 'vllm:time_to_first_token_seconds_bucket',
      engine: '0',
      instance: `pod-${Math.floor(number / 20)}:8000`,
      job: 'vllm',
      le: String((number % 20) / 4),
      model_name: 'gemma-3-27b',
    };
    const texts = [];
    for (let index = 0; index < samples; index++)
      texts.push(`[${start + index * step},"${value()}"]`);
    const comma = number === 0 ? '' : ',';
    parts.push(
      encoder.encode(`${comma}{"metric":${JSON.stringify(metric)},"values":[${texts.join(',')}]}`),
    );
  }
  parts.push(encoder.encode(']}}'));
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
