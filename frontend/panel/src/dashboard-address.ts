// Links to a diagnosis in a dashboard, whose address holds its time range already.

import { parseInterval } from './time.js';
import type { TimeWindow } from './time-window.js';

/** Parameters of the address that hold what the reader chose; dashboards leave them alone. */
const WINDOW = 'triage-window';
const SCOPE = 'triage-scope';
const REPLICA = 'triage-replica';

/** What the parameters of a dashboard's time range are called; their values are milliseconds. */
export interface RangeNames {
  start: string;
  end: string;
}

/** What a reader chose to look at; what is absent is as the settings and the data have it. */
export interface Place {
  window?: TimeWindow | undefined;
  /** The key of a scope, as {@link Panel.place} gives it. */
  scope?: string | undefined;
  /** A replica by its name in the report; null: all of them, whatever the settings say. */
  replica?: string | null | undefined;
}

/** The address with this range, so that it shows the same tomorrow, and with this place in it. */
export function dashboardAddress(
  address: string,
  names: RangeNames,
  range: TimeWindow,
  { window, scope, replica }: Place,
): string {
  const url = new URL(address);
  url.searchParams.set(names.start, String(range.start));
  url.searchParams.set(names.end, String(range.end));
  for (const name of [WINDOW, SCOPE, REPLICA]) url.searchParams.delete(name);
  if (scope !== undefined) url.searchParams.set(SCOPE, scope);
  if (replica !== undefined) url.searchParams.set(REPLICA, replica ?? '');
  if (window === undefined) return url.href;
  const seconds = `${window.start / 1000}..${window.end / 1000}`;
  return `${url.href.split('#')[0] ?? ''}&${WINDOW}=${seconds}${url.hash}`;
}

/** The place that an address leads to. */
export function placeInAddress(address: string): Place {
  const { searchParams } = new URL(address);
  const window = searchParams.get(WINDOW);
  const replica = searchParams.get(REPLICA);
  return {
    window: window === null ? undefined : parseInterval(window),
    scope: searchParams.get(SCOPE) ?? undefined,
    replica: replica === '' ? null : (replica ?? undefined),
  };
}
