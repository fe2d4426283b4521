import { FieldType, type DataFrame, type Field } from '@grafana/data';

import { identityFrom } from './identity';
import type { SeriesSink } from './sink';

/** Whether a frame is a table with its labels in columns: one row a sample. */
export function isLong(frame: DataFrame): boolean {
  return frame.fields.some(isLabel) && frame.fields.some(({ type }) => type === FieldType.time);
}

/** A table of samples: rows with equal labels are one series, whatever their order. */
export function addLong(sink: SeriesSink, frame: DataFrame, query: string): void {
  const labels = frame.fields.filter(isLabel);
  const times: ArrayLike<number> =
    frame.fields.find(({ type }) => type === FieldType.time)?.values ?? [];
  const groups = groupRows(labels, times);
  for (const field of frame.fields.filter(({ type }) => type === FieldType.number)) {
    for (const rows of groups) {
      const first = rows[0] ?? 0;
      sink.addSeries({
        ...identityFrom(
          { ...field.labels, ...labelsAt(labels, first) },
          query,
          [frame.refId ?? ''],
          field.name
        ),
        times: rows.map((row) => times[row] ?? NaN),
        values: rows.map((row) => field.values[row]),
      });
    }
  }
}

function isLabel({ type }: Field): boolean {
  return type === FieldType.string || type === FieldType.enum;
}

/** Row numbers by label set, in order of time. */
function groupRows(labels: readonly Field[], times: ArrayLike<number>): number[][] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < times.length; row += 1) {
    if (typeof times[row] !== 'number') {
      continue;
    }
    const key = JSON.stringify(labels.map(({ values }) => values[row] ?? ''));
    const rows = groups.get(key);
    if (rows) {
      rows.push(row);
    } else {
      groups.set(key, [row]);
    }
  }
  return [...groups.values()].map((rows) => rows.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0)));
}

/** Tables write a label that a series does not have as an empty text. */
function labelsAt(fields: readonly Field[], row: number): Record<string, string> {
  const entries = fields.map(({ name, values }) => [name, String(values[row] ?? '')] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}
