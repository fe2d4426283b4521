// Round times for the axis under the strips.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28].map((count) => count * DAY),
];

/** At most `most` multiples of a round step within `[start, end]`, Unix milliseconds. */
export function timeTicks(start: number, end: number, most: number): number[] {
  const span = end - start;
  if (!(span > 0) || most < 1) return [];
  // Labels are to the minute, so two within one would read the same.
  const least = span >= 2 * MINUTE ? MINUTE : SECOND;
  const step =
    STEPS.find((candidate) => candidate >= least && span / candidate <= most) ??
    Math.ceil(span / most / DAY) * DAY;
  const ticks: number[] = [];
  for (let tick = Math.ceil(start / step) * step; tick <= end; tick += step) ticks.push(tick);
  return ticks;
}
