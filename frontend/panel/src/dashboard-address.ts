// Links to a diagnosis in a dashboard, whose address holds its time range already.

import type { ComparedWith } from '@inference-triage/view';
import { readCompared, writeCompared } from './compared.js';
import { parseInterval, writeInterval } from './time.js';
import type { TimeWindow } from './time-window.js';

/** Parameters of the address that hold what the reader chose; dashboards leave them alone. */
const WINDOW = 'triage-window';
const SCOPE = 'triage-scope';
const REPLICA = 'triage-replica';
const COMPARED = 'triage-compare';

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
  /** What the window is compared with. */
  compared?: ComparedWith | undefined;
}

/** The address with this range, so that it shows the same tomorrow, and with this place in it. */
export function dashboardAddress(
  address: string,
  names: RangeNames,
  range: TimeWindow,
  { window, scope, replica, compared }: Place,
): string {
  const url = new URL(address);
  url.searchParams.set(names.start, String(range.start));
  url.searchParams.set(names.end, String(range.end));
  for (const name of [WINDOW, SCOPE, REPLICA, COMPARED]) url.searchParams.delete(name);
  if (scope !== undefined) url.searchParams.set(SCOPE, scope);
  if (replica !== undefined) url.searchParams.set(REPLICA, replica ?? '');
  if (compared !== undefined) url.searchParams.set(COMPARED, writeCompared(compared));
  if (window !== undefined) url.searchParams.set(WINDOW, writeInterval(window));
  return url.href;
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
    compared: readCompared(searchParams.get(COMPARED) ?? ''),
  };
}
