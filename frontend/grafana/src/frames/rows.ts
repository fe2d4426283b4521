import { DataFrameType, FieldType, type DataFrame, type Field } from '@grafana/data';

import { identityFrom } from './identity';
import type { SeriesSink } from './sink';

/** A bucket's field with its upper bound. */
interface Row {
  field: Field;
  le: string;
  bound: number;
}

/**
 * Whether a frame holds a classic histogram that the data source has turned into rows of a heat
 * map.
 */
export function isRows(frame: DataFrame): boolean {
  return frame.meta?.type === DataFrameType.HeatmapRows && rowsOf(frame).length > 1;
}

/**
 * A `heatmap-rows` frame. Its fields hold what falls between two bounds; a histogram's buckets hold
 * everything up to theirs, so the fields are added up again from the lowest bound.
 */
export function addRows(sink: SeriesSink, frame: DataFrame, query: string): void {
  const times: ArrayLike<number> =
    frame.fields.find(({ type }) => type === FieldType.time)?.values ?? [];
  const rows = rowsOf(frame).sort((a, b) => a.bound - b.bound);
  const sum = new Float64Array(times.length);
  for (const { field, le } of rows) {
    for (let index = 0; index < sum.length; index += 1) {
      const value: unknown = field.values[index];
      // A bucket that is missing leaves everything above it unknown.
      sum[index] = typeof value === 'number' ? (sum[index] ?? NaN) + value : NaN;
    }
    sink.addSeries({
      ...identityFrom({ ...field.labels, le }, query, [frame.refId ?? ''], ''),
      times,
      values: sum,
    });
  }
}

function rowsOf(frame: DataFrame): Row[] {
  return frame.fields
    .filter(({ type }) => type === FieldType.number)
    .map((field) => {
      const le = field.labels?.['le'] ?? field.name ?? '';
      return { field, le, bound: boundOf(le) };
    })
    .filter(({ bound }) => !Number.isNaN(bound));
}

/** `0.5` or `+Inf`; NaN for anything else. */
function boundOf(le: string): number {
  const text = String(le).trim();
  if (/^\+?inf$/i.test(text)) {
    return Infinity;
  }
  return text === '' ? NaN : Number(text);
}
