// Which window the reader's own may be compared with.

import type { ComparedWith, Interval } from '../../contract.js';
import type { Report } from '../../report-types.js';
import { baselineSpan } from '../../words/times.js';

/** Windows that are known by what they are; the next report may have them elsewhere. */
export const KINDS = ['baseline', 'previous', 'next'] as const;

/**
 * Where it is, and nothing where there is none: no baseline, one that overlaps the window, or no
 * room for as long a window in the loaded range.
 */
export function otherWindow(other: ComparedWith, report: Report): Interval | undefined {
  if (typeof other !== 'string') return other;
  const { window, range } = report;
  const { start, end } = window;
  const length = end - start;
  const places: Record<(typeof KINDS)[number], Interval | undefined> = {
    baseline: baselineSpan(report),
    previous: { start: start - length, end: start },
    next: { start: end, end: end + length },
  };
  const place = places[other];
  const isThere =
    place && place.start >= range.start && place.end <= range.end && inOrder(place, window);
  return isThere ? place : undefined;
}

/** The earlier one first; nothing where they overlap. */
export function inOrder(one: Interval, other: Interval): [Interval, Interval] | undefined {
  if (one.end <= other.start) return [one, other];
  return other.end <= one.start ? [other, one] : undefined;
}
