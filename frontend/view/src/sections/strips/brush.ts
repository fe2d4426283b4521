// The window as something to drag: absolute time, snapped to the sample grid.

import type { Interval } from '../../contract.js';

/** What of the window a gesture moves. */
export type Grip = 'start' | 'body' | 'end';

/** The loaded range and its sample spacing, Unix milliseconds. */
export interface Grid extends Interval {
  step: number;
}

/** Keys that change a window: fine with the arrows, coarse with Shift or the page keys. */
const COARSE = 10;

/** The nearest time of the grid, within the range. */
export function snap(time: number, grid: Grid): number {
  const step = Math.max(1, grid.step);
  const snapped = grid.start + Math.round((time - grid.start) / step) * step;
  return Math.min(grid.end, Math.max(grid.start, snapped));
}

/** The window between two times in either order, at least one step long. */
export function between(a: number, b: number, grid: Grid): Interval {
  const [low, high] = a <= b ? [a, b] : [b, a];
  const start = snap(low, grid);
  const end = snap(high, grid);
  return end > start ? { start, end } : widen(start, grid);
}

function widen(time: number, grid: Grid): Interval {
  const step = Math.max(1, grid.step);
  return time + step <= grid.end
    ? { start: time, end: time + step }
    : { start: time - step, end: time };
}

/**
 * The window with one grip moved by `delta` milliseconds; it keeps its length when moved, and a
 * step when resized.
 */
export function dragged(window: Interval, grip: Grip, delta: number, grid: Grid): Interval {
  const step = Math.max(1, grid.step);
  if (grip === 'start')
    return {
      start: Math.min(snap(window.start + delta, grid), window.end - step),
      end: window.end,
    };
  if (grip === 'end')
    return {
      start: window.start,
      end: Math.max(snap(window.end + delta, grid), window.start + step),
    };
  const length = window.end - window.start;
  const start = Math.max(grid.start, Math.min(snap(window.start + delta, grid), grid.end - length));
  return { start, end: start + length };
}

/** The window after a key press on a grip, or `undefined` for any other key. */
export function keyed(
  window: Interval,
  grip: Grip,
  key: string,
  coarse: boolean,
  grid: Grid,
): Interval | undefined {
  const step = Math.max(1, grid.step) * (coarse ? COARSE : 1);
  const far = grid.end - grid.start;
  const deltas: Record<string, number> = {
    ArrowLeft: -step,
    ArrowDown: -step,
    ArrowRight: step,
    ArrowUp: step,
    PageDown: -COARSE * Math.max(1, grid.step),
    PageUp: COARSE * Math.max(1, grid.step),
    Home: -far,
    End: far,
  };
  const delta = deltas[key];
  return delta === undefined ? undefined : dragged(window, grip, delta, grid);
}

/**
 * Where a pointer takes hold: an edge within reach, the body, or nothing, which starts a new
 * window.
 */
export function gripAt(
  time: number,
  reach: number,
  window: Interval,
  grid: Grid,
): Grip | undefined {
  if (Math.abs(time - window.start) <= reach) return 'start';
  if (Math.abs(time - window.end) <= reach) return 'end';
  // A window over nearly everything leaves no room to start another one, so its body does not catch
  // the pointer.
  const nearlyAll = window.end - window.start > 0.9 * (grid.end - grid.start);
  return time > window.start && time < window.end && !nearlyAll ? 'body' : undefined;
}
