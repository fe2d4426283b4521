// Where times stand across the strips, as CSS.

import type { Interval } from '../contract.js';

/** Left edge of a time, in per cent of the range; times outside stand at its ends. */
export function leftIn(range: Interval, time: number): string {
  const share = (time - range.start) / Math.max(1, range.end - range.start);
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;
}

/** Left and right edge of an interval. */
export function placeIn(range: Interval, { start, end }: Interval): string {
  const right = 100 - Number.parseFloat(leftIn(range, end));
  return `left:${leftIn(range, start)};right:${right.toFixed(3)}%`;
}
