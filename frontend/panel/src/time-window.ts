/** A closed interval, Unix milliseconds. */
export interface TimeWindow {
  start: number;
  end: number;
}

/** Whether all of `window` lies in `range`. */
export function contains(range: TimeWindow, window: TimeWindow): boolean {
  return window.start >= range.start && window.end <= range.end;
}
