// What Prometheus has of a recording, as a range query answers it.

/** Every series of the engines' targets: also those that no diagnosis asks for today. */
const everything = '{job="vllm"}';

/**
 * The answer to a range query from one step before `start` to `end`, Unix seconds, with the scrape
 * interval as its step.
 */
export function seriesOf(prometheus, { start, end, step }) {
  const range = { start: Math.floor(start) - step, end: Math.floor(end), step };
  return prometheus.queryRange(everything, range);
}
