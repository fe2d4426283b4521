/** The times a range query is evaluated at. */
export interface Grid {
  /** First evaluation, Unix milliseconds, a multiple of `step`. */
  start: number;
  /** Last evaluation, Unix milliseconds, a multiple of `step`. */
  end: number;
  /** Distance of two evaluations, milliseconds. */
  step: number;
}

/** More evaluations than this add nothing a reader could see. */
const MOST_STEPS = 1_000;

/**
 * The step of a range, as the core's `FetchRange` has it; `tests/vectors/fetches.json` holds both to
 * it. The least multiple of the scrape interval that needs at most a thousand
 * steps. Milliseconds.
 */
export function stepOf(range: number, scrapeInterval: number): number {
  return scrapeInterval * Math.max(1, Math.ceil(range / MOST_STEPS / scrapeInterval));
}

/**
 * The grid of the `range` milliseconds up to `now`. Both ends are multiples of the step, so that a
 * later grid of the same step continues this one and a caching proxy sees the same requests from
 * every reader.
 */
export function gridUpTo(now: number, range: number, step: number): Grid {
  const end = Math.floor(now / step) * step;
  return { start: end - Math.ceil(range / step) * step, end, step };
}

/**
 * The part of a grid after `complete`, the last time that was fetched, and one step before it: a
 * scrape may have been on its way when that step was evaluated.
 */
export function tailOf(grid: Grid, complete: number): Grid {
  return { ...grid, start: Math.max(grid.start, complete - grid.step) };
}

/** Whether a grid has every time of another one. */
export function holds(grid: Grid, other: Grid): boolean {
  return grid.step === other.step && grid.start <= other.start && grid.end >= other.end;
}

/** A time as the HTTP API takes it: seconds, with three decimals where they are needed. */
export function seconds(ms: number): string {
  return ms % 1_000 === 0 ? String(ms / 1_000) : (ms / 1_000).toFixed(3);
}
