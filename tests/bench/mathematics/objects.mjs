// The rival that most pages have: series as objects, one transformation after another. It is
// written as such code is written, neither slowed down nor tuned; it does no extrapolation, so it
// has less to do than a dashboard's transformations.

import { bounds, families, quantiles, replicas, steps, window } from './counters.mjs';

/**
 * The counters as a client library hands them over: labels and a list of values for each series.
 */
export function toSeries(values) {
  const series = [];
  let at = 0;
  for (let family = 0; family < families; family++) {
    for (let replica = 0; replica < replicas; replica++) {
      for (const bound of bounds) {
        const labels = {
          __name__: `family_${family}_bucket`,
          instance: `pod-${replica}`,
          le: String(bound),
        };
        series.push({ labels, values: Array.from(values.subarray(at, at + steps)) });
        at += steps;
      }
    }
  }
  return series;
}

/** Three quantiles for each step after the first, family after family. */
export function objectQuantiles(series) {
  const increases = series.map(({ labels, values }) => ({
    labels,
    values: values.map((_, step) => increase(values.slice(Math.max(0, step - window), step + 1))),
  }));
  const byFamily = groupBy(increases, ({ labels }) => labels.__name__);
  return [...byFamily.values()].flatMap((members) => {
    const buckets = [...groupBy(members, ({ labels }) => labels.le)].map(([le, parts]) => ({
      bound: Number(le),
      values: parts[0].values.map((_, step) =>
        parts.reduce((sum, part) => sum + part.values[step], 0),
      ),
    }));
    return Array.from({ length: steps - 1 }, (_, step) => {
      const histogram = buckets.map(({ bound, values }) => ({ bound, count: values[step + 1] }));
      histogram.sort((left, right) => left.bound - right.bound);
      return quantiles.map((q) => quantile(q, histogram));
    }).flat();
  });
}

/** `Map.groupBy`, which Node 20 lacks. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function increase(values) {
  return values.reduce((sum, value, index) => {
    if (index === 0) return 0;
    const difference = value - values[index - 1];
    return sum + (difference < 0 ? value : difference);
  }, 0);
}

function quantile(q, histogram) {
  const last = histogram.length - 1;
  const rank = q * histogram[last].count;
  const found = histogram.findIndex(({ count }) => count >= rank);
  if (found === last) return histogram[last - 1].bound;
  const { bound: lower, count: below } =
    found === 0 ? { bound: 0, count: 0 } : histogram[found - 1];
  const { bound: upper, count } = histogram[found];
  return lower + (upper - lower) * ((rank - below) / (count - below));
}
