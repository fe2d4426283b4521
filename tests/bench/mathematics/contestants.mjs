// The ways from a fleet's counters to its quantiles, and from ready histograms to quantiles, in a
// page or in Node.

import { loadModule } from '../module.mjs';
import { interpolate } from '../sums.mjs';
import { carefulQuantiles, readOnce } from './careful.mjs';
import { bounds, makeCounters, quantiles, replicas, steps, window } from './counters.mjs';
import { objectQuantiles, toSeries } from './objects.mjs';

/** A page's clock has steps of 0.1 ms, so what is shorter than this is repeated, milliseconds. */
const shortest = 4;

/** Makes the counters and checks that all contestants find the same quantiles, bit for bit. */
export async function prepare(url) {
  const { Fleet } = await loadModule(url, 'mathematics');
  const values = makeCounters();
  const series = toSeries(values);
  const fleet = new Fleet(values, bounds, replicas, steps, window);
  const windows = fleet.windows();
  const ready = readyHistograms(windows);
  const contestants = {
    read: () => fleet.read(),
    fleet: () => fleet.quantiles(),
    careful: () => carefulQuantiles(values),
    objects: () => objectQuantiles(series),
    readInJavaScript: () => readOnce(values),
    make: () => windows.make(),
    point: () => windows.points(),
    pointAndBounds: () => windows.points_and_bounds(),
    pointInJavaScript: () => sumOfPoints(ready),
  };
  const answers = ['fleet', 'objects'].map((name) => [name, contestants[name]()]);
  const expected = contestants.careful();
  for (const [name, answer] of answers) {
    const isSame =
      answer.length === expected.length &&
      expected.every((value, at) => Object.is(value, answer[at]));
    if (!isSame) throw new Error(`${name} finds other quantiles than the careful JavaScript`);
  }
  if (contestants.point() !== contestants.pointInJavaScript())
    throw new Error('other points of ready histograms');
  if (contestants.read() !== contestants.readInJavaScript())
    throw new Error('other sums of all counters');
  const repeats = repeatsOf(contestants);
  return {
    facts: {
      quantiles: windows.count() * quantiles.length,
      histograms: windows.count(),
      sum: contestants.point(),
    },
    /** Milliseconds of one run. */
    time(name) {
      const began = performance.now();
      // Results go where the page can see them, so that no compiler may leave the work out.
      for (let run = 0; run < repeats[name]; run++) globalThis.lastAnswer = contestants[name]();
      return (performance.now() - began) / repeats[name];
    },
  };
}

/** How often each is run for one measurement. */
function repeatsOf(contestants) {
  const repeats = {};
  for (const [name, run] of Object.entries(contestants)) {
    run();
    const began = performance.now();
    run();
    repeats[name] = Math.min(
      100,
      Math.max(1, Math.ceil(shortest / Math.max(0.05, performance.now() - began))),
    );
  }
  return repeats;
}

/** Cumulative counts of every histogram, one after the other. */
function readyHistograms(windows) {
  const width = bounds.length;
  const counts = new Float64Array(windows.count() * width);
  for (let index = 0; index < windows.count(); index++) {
    counts.set(windows.buckets(index).subarray(width), index * width);
  }
  return counts;
}

function sumOfPoints(counts) {
  const width = bounds.length;
  let sum = 0;
  for (let at = 0; at < counts.length; at += width) {
    const histogram = counts.subarray(at, at + width);
    for (let index = 0; index < quantiles.length; index++)
      sum += interpolate(quantiles[index], bounds, histogram);
  }
  return sum;
}
