// What Prometheus has of a recording, as a range query answers it.

/** Everything of the engines' targets. */
const everything = '{job="vllm"}';

/** What a diagnosis can ask for: the engine's own families, and whether it was there. */
const asked = /^(vllm:.+(?<!_created)|up|process_start_time_seconds|http_requests_total)$/;

/**
 * `{ response, everything }`: answers to a range query from `start` to `end`, Unix seconds, with
 * the scrape interval as its step.
 */
export async function seriesOf(prometheus, { start, end, step }) {
  const range = { start: Math.floor(start) - step, end: Math.floor(end), step };
  const answer = await prometheus.queryRange(everything, range);
  const { data, ...rest } = answer;
  const result = data.result.filter(({ metric }) => asked.test(metric.__name__));
  return { response: { ...rest, data: { ...data, result } }, everything: answer };
}
