// Replicas beside each other, one of them slow.

export const fleetStart = 1_780_002_000;
const step = 15;
const steps = 120;
export const fleetEnd = fleetStart + step * steps;

/** A thousand replicas have ten minutes, so that a test need not wait for their series. */
const first = (count) => (count > 100 ? steps - 40 : 0);

/** Seconds of the mean request of 100 tokens. */
const phases = (slow) => ({
  request_queue_time_seconds: 0.01,
  e2e_request_latency_seconds: slow + 0.1,
});

const instants = (count) =>
  Array.from({ length: steps + 1 - first(count) }, (_, index) => first(count) + index);

/**
 * Half an hour of replicas that serve a request a second, as series of a range response; at
 * `vllm-1` tokens take three times as long.
 */
export function fleetSeries(count) {
  const result = [];
  for (let at = 0; at < count; at += 1) {
    const slow = at === 1 ? 3 : 1;
    const base = { model_name: 'gemma', pod: `vllm-${at}`, zone: `eu-${at % 2}` };
    const add = (name, value, more = {}) =>
      result.push({
        metric: { __name__: `vllm:${name}`, ...base, ...more },
        values: instants(count).map((index) => [
          fleetStart + step * index,
          // A wobble of its own for each replica, so that no two are copies of each other.
          String(value(1000 * (at + 1) + index, Math.sin(index * (at + 2)))),
        ]),
      });
    const requests = (index) => 15 * index;
    for (const le of ['0.25', '+Inf']) add('time_to_first_token_seconds_bucket', requests, { le });
    add('time_to_first_token_seconds_count', requests);
    add('time_to_first_token_seconds_sum', (index, wobble) => 1.5 * index + 0.1 * wobble);
    for (const [phase, spent] of Object.entries(phases(slow))) {
      for (const le of ['2.5', '+Inf'])
        add(
          `${phase}_bucket`,
          (index) => (le === '+Inf' || spent <= Number(le) ? requests(index) : 0),
          { le },
        );
      add(`${phase}_count`, requests);
      add(`${phase}_sum`, (index, wobble) => 15 * index * spent + 0.001 * wobble);
    }
    const tokens = (index) => 15 * index * 100;
    for (const le of ['0.1', '+Inf']) add('inter_token_latency_seconds_bucket', tokens, { le });
    add('inter_token_latency_seconds_count', tokens);
    add('inter_token_latency_seconds_sum', (index, wobble) => 15 * index * slow + 0.1 * wobble);
    add('generation_tokens_total', tokens);
    add('num_requests_running', () => slow);
    add('num_requests_waiting', () => 0);
  }
  return result;
}
