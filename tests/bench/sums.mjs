// What the rivals in plain JavaScript share: typed columns, a search in time, PromQL's quantile.
// Runs in Node and in a page.

/** The quantiles every rival computes. */
export const quantiles = [0.5, 0.95, 0.99];

/**
 * The series of a parsed range response, each with its values in one typed array; equal lengths
 * share their times.
 */
export function readColumns({ data }) {
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
export function lowerBound(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * PromQL's linear interpolation inside the bucket that holds the rank; bounds ascend to +Inf,
 * counts are cumulative.
 */
export function interpolate(q, bounds, counts) {
  const last = bounds.length - 1;
  const rank = q * counts[last];
  let found = 0;
  while (found < last && counts[found] < rank) found++;
  if (found === last) return bounds[last - 1];
  if (found === 0 && bounds[0] <= 0) return bounds[0];
  const lower = found === 0 ? 0 : bounds[found - 1];
  const below = found === 0 ? 0 : counts[found - 1];
  return lower + (bounds[found] - lower) * ((rank - below) / (counts[found] - below));
}
