// Copies of the report's long columns, and whether they differ from the ones drawn last.

import type { ReadyState } from '../contract.js';

/** The columns of one diagnosis by id; all as long as `times`. */
export type Columns = ReadonlyMap<string, Float64Array>;

/** Keeps the last columns so that a brush, which leaves them as they are, redraws no chart. */
export class ColumnStore {
  #columns: Columns = new Map();

  /** The columns read last. */
  get columns(): Columns {
    return this.#columns;
  }

  /** Reads every column the report names; the same map again when no value changed. */
  read(state: ReadyState): Columns {
    const next = new Map<string, Float64Array>();
    const times = state.column('times');
    if (times) {
      next.set('times', times);
      for (const { id } of state.report.columns) {
        const values = id === 'times' ? undefined : state.column(id);
        if (values?.length === times.length) next.set(id, values);
      }
    }
    if (!sameColumns(this.#columns, next)) this.#columns = next;
    return this.#columns;
  }
}

function sameColumns(a: Columns, b: Columns): boolean {
  if (a.size !== b.size) return false;
  for (const [id, values] of a) {
    const other = b.get(id);
    if (!other || !sameValues(values, other)) return false;
  }
  return true;
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1)
    if (!Object.is(a[index], b[index])) return false;
  return true;
}

/** Mean, least and greatest of the values between two times; absent without a single value. */
export interface Summary {
  mean: number;
  min: number;
  max: number;
}

/** Summary over `start ≤ time ≤ end`, absent samples left out. */
export function summarise(
  times: Float64Array,
  values: Float64Array,
  start: number,
  end: number,
): Summary | undefined {
  let [sum, count, min, max] = [0, 0, Infinity, -Infinity];
  for (let index = 0; index < values.length; index += 1) {
    const time = times[index] ?? NaN;
    const value = values[index] ?? NaN;
    if (!(time >= start && time <= end) || Number.isNaN(value)) continue;
    sum += value;
    count += 1;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return count === 0 ? undefined : { mean: sum / count, min, max };
}
