// Bucket counters of a whole fleet, as scrapes leave them: cumulative over time and over bounds,
// with restarts.

import { randomNumbers } from '../random.mjs';

export const families = 12;
export const replicas = 40;
export const steps = 300;
/** Steps of the window that each quantile covers: five minutes at a scrape every 15 s. */
export const window = 20;
export const quantiles = [0.5, 0.95, 0.99];

/** Upper bounds of 20 buckets, in seconds. */
export const bounds = Float64Array.from([
  ...[
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80,
  ],
  Infinity,
]);

/** Each replica begins with a past, so that a restart lowers every bucket. */
const pastPerBucket = 1000;
/** One replica in so many restarts once. */
const restartsOneIn = 8;

/**
 * One value for each family, replica, bucket and step, in that order; the last three of them
 * contiguous.
 */
export function makeCounters() {
  const width = bounds.length;
  const values = new Float64Array(families * replicas * width * steps);
  const random = randomNumbers(20);
  for (let family = 0; family < families; family++) {
    const middle = 0.01 * 3 ** (family % 7);
    for (let replica = 0; replica < replicas; replica++) {
      const restart = replica % restartsOneIn === 3 ? Math.floor(random() * steps) : steps;
      writeReplica(values.subarray((family * replicas + replica) * width * steps), {
        random,
        middle,
        restart,
      });
    }
  }
  return values;
}

function writeReplica(values, { random, middle, restart }) {
  const width = bounds.length;
  const totals = Float64Array.from(bounds, (_, bucket) => pastPerBucket * (bucket + 1));
  for (let step = 0; step < steps; step++) {
    if (step === restart) totals.fill(0);
    const finished = Math.floor(random() * 10);
    for (let count = 0; count < finished; count++) {
      const seconds = middle * Math.exp(2 * (random() + random() + random() - 1.5));
      for (let bucket = bounds.findIndex((bound) => seconds <= bound); bucket < width; bucket++)
        totals[bucket]++;
    }
    for (let bucket = 0; bucket < width; bucket++) values[bucket * steps + step] = totals[bucket];
  }
}
