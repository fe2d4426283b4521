// The careful rival: counters to quantiles in typed arrays, with nothing allocated inside a loop.
//
// Increases are differences of growth, so one pass over each counter takes the restarts out and
// adds the replicas up; the window of a step is then one subtraction a bucket, whatever its length.
// It takes counters without gaps for granted.

import { interpolate } from '../sums.mjs';
import { bounds, families, quantiles, replicas, steps, window } from './counters.mjs';

/** Three quantiles for each step after the first, family after family. */
export function carefulQuantiles(values) {
  const width = bounds.length;
  const answers = new Float64Array(families * (steps - 1) * quantiles.length);
  const growth = new Float64Array(width * steps);
  const counts = new Float64Array(width);
  let at = 0;
  let answer = 0;
  for (let family = 0; family < families; family++) {
    growth.fill(0);
    for (let replica = 0; replica < replicas; replica++) {
      for (let row = 0; row < width * steps; row += steps) {
        let lost = 0;
        let previous = 0;
        for (let step = row; step < row + steps; step++) {
          const value = values[at++];
          if (value < previous) lost += previous;
          previous = value;
          growth[step] += value + lost;
        }
      }
    }
    for (let step = 1; step < steps; step++) {
      const first = step > window ? step - window : 0;
      for (let bucket = 0; bucket < width; bucket++) {
        counts[bucket] = growth[bucket * steps + step] - growth[bucket * steps + first];
      }
      for (let index = 0; index < quantiles.length; index++) {
        answers[answer++] = interpolate(quantiles[index], bounds, counts);
      }
    }
  }
  return answers;
}

/**
 * Every counter read once, with as many running sums as the module has: the least that any way to
 * the quantiles costs.
 */
export function readOnce(values) {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let at = 0; at < values.length; at += 8) {
    a += values[at];
    b += values[at + 1];
    c += values[at + 2];
    d += values[at + 3];
    e += values[at + 4];
    f += values[at + 5];
    g += values[at + 6];
    h += values[at + 7];
  }
  return a + b + c + d + e + f + g + h;
}
