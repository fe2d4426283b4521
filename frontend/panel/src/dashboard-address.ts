// Links to a diagnosis in a dashboard, whose address holds its time range already.

import { parseInterval } from './time.js';
import type { TimeWindow } from './time-window.js';

/** Parameter of the address that holds the reader's window; dashboards leave it alone. */
const WINDOW = 'triage-window';

/** What the parameters of a dashboard's time range are called; their values are milliseconds. */
export interface RangeNames {
  start: string;
  end: string;
}

/** The address with this range, so that it shows the same tomorrow, and with this window in it. */
export function dashboardAddress(
  address: string,
  names: RangeNames,
  { range, window }: { range: TimeWindow; window: TimeWindow | undefined },
): string {
  const url = new URL(address);
  url.searchParams.set(names.start, String(range.start));
  url.searchParams.set(names.end, String(range.end));
  url.searchParams.delete(WINDOW);
  if (window === undefined) return url.href;
  const seconds = `${window.start / 1000}..${window.end / 1000}`;
  return `${url.href.split('#')[0] ?? ''}&${WINDOW}=${seconds}${url.hash}`;
}

/** The window that an address asks for; undefined without one. */
export function windowInAddress(address: string): TimeWindow | undefined {
  const text = new URL(address).searchParams.get(WINDOW);
  return text === null ? undefined : parseInterval(text);
}
