import type { DataFrame } from '@grafana/data';

import { identityOf } from './identity';
import type { NativeBucket, SeriesSink } from './sink';

/**
 * Ends of a bucket whose layout is not told: open below, closed above, as in every classic
 * histogram.
 */
const OPEN_LEFT = 0;

/** Whether a frame holds a native histogram in the layout of the Prometheus data source. */
export function isCells(frame: DataFrame): boolean {
  return ['xMax', 'yMin', 'yMax', 'count'].every((name) => values(frame, name) !== undefined);
}

/**
 * A `heatmap-cells` frame: one row a bucket that is not empty, all buckets of one time together.
 */
export function addCells(sink: SeriesSink, frame: DataFrame, query: string): void {
  const times: number[] = [];
  const histograms: Array<{ buckets: NativeBucket[] }> = [];
  const column = (name: string): ArrayLike<number | null> => values(frame, name) ?? [];
  const [at, lower, upper, count, layout] = ['xMax', 'yMin', 'yMax', 'count', 'yLayout'].map(
    column
  );
  const byTime = new Map<number, NativeBucket[]>();
  for (let row = 0; row < (at?.length ?? 0); row += 1) {
    const time = at?.[row];
    const observed = count?.[row];
    if (!isNumber(time) || !isNumber(observed)) {
      continue;
    }
    const buckets = byTime.get(time) ?? [];
    byTime.set(time, buckets);
    // Custom bounds begin and end in the open; on the wire infinity may have become null.
    buckets.push([
      layout?.[row] ?? OPEN_LEFT,
      lower?.[row] ?? -Infinity,
      upper?.[row] ?? Infinity,
      observed,
    ]);
  }
  for (const time of [...byTime.keys()].sort((a, b) => a - b)) {
    times.push(time);
    histograms.push({ buckets: byTime.get(time) ?? [] });
  }
  const counted = frame.fields.find(({ name }) => name === 'count');
  if (counted && times.length > 0) {
    sink.addNative({ ...identityOf(frame, { ...counted, name: '' }, query), times, histograms });
  }
}

function values(frame: DataFrame, name: string): ArrayLike<number | null> | undefined {
  return frame.fields.find((field) => field.name === name)?.values;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
