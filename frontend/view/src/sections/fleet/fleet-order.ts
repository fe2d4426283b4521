// Which replicas the table shows, in which order and under which heads.

import type { FleetRow, Grouping, ReplicaVerdict } from '../../report-types.js';
import { FLEET_COLUMNS } from './fleet-columns.js';

/** What the reader chose. */
export interface FleetChoice {
  /** Column to sort by; undefined: those that stand out first, as the report lists them. */
  sort: string | undefined;
  /** The smallest first. */
  isAscending: boolean;
  grouping: Grouping | undefined;
  /** Part of the names to show; empty: all. */
  find: string;
}

/** A head, or a replica below it. */
export type FleetLine =
  { kind: 'group'; name: string; rows: readonly FleetRow[] } | { kind: 'row'; row: FleetRow };

/** Where a replica has no value of a grouping. */
export const NO_GROUP = 'not said';

/** The lines of the table. */
export function linesOf(
  rows: readonly FleetRow[],
  verdicts: ReadonlyMap<string, ReplicaVerdict>,
  choice: FleetChoice,
): FleetLine[] {
  const wanted = choice.find.trim().toLowerCase();
  const found = rows.filter(({ replica }) => replica.toLowerCase().includes(wanted));
  const sorted = sortedBy(found, verdicts, choice);
  const { grouping } = choice;
  if (grouping === undefined) return sorted.map((row) => ({ kind: 'row', row }));
  const groups = groupedBy(sorted, grouping);
  return [...groups].flatMap(([name, members]) => [
    { kind: 'group', name, rows: members } as const,
    ...members.map((row) => ({ kind: 'row', row }) as const),
  ]);
}

function groupedBy(rows: readonly FleetRow[], grouping: Grouping): Map<string, FleetRow[]> {
  const groups = new Map<string, FleetRow[]>();
  for (const row of rows) {
    const name = row.groups[grouping] ?? NO_GROUP;
    const members = groups.get(name);
    if (members) members.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

function sortedBy(
  rows: FleetRow[],
  verdicts: ReadonlyMap<string, ReplicaVerdict>,
  { sort, isAscending }: FleetChoice,
): FleetRow[] {
  if (sort === 'replica') {
    const names = new Intl.Collator('en', { numeric: true });
    const sorted = [...rows].sort((one, other) => names.compare(one.replica, other.replica));
    return isAscending ? sorted : sorted.reverse();
  }
  const column = FLEET_COLUMNS.find(({ id }) => id === sort);
  if (!column) return rows;
  const valueOf = (row: FleetRow): number | undefined =>
    column.sortBy({ row, verdict: verdicts.get(row.replica), window: '' });
  const direction = isAscending ? 1 : -1;
  return [...rows].sort((one, other) => {
    const [left, right] = [valueOf(one), valueOf(other)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return direction * (left - right);
  });
}
