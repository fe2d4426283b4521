import type { SignalId } from './types.generated.js';

/** Red, green and blue, each 0–255. */
export type Colour = readonly [number, number, number];

/** How the observations of one signal spread over latency and time. */
export interface HeatMap {
  /** Ends of the columns, Unix milliseconds; one more than there are columns. */
  times: Float64Array;
  /**
   * Bucket bounds in the signal's unit, ascending; one more than there are rows. The first may be
   * 0, the last infinite.
   */
  bounds: Float64Array;
  /** The bounds as they are drawn on a logarithmic axis, all finite and above 0. */
  edges: Float64Array;
  /**
   * Observations column by column, each from the lowest row up; NaN throughout a column without
   * data.
   */
  counts: Float64Array;
  /** Lower ends of the quantile's interval in each column; NaN without observations. */
  lo: Float64Array;
  /** Upper ends; infinite where nothing bounds it. */
  hi: Float64Array;
}

/** What a heat map is asked for with. */
export interface HeatMapQuery {
  /** A signal of the report with quantiles, e.g. `ttft`. */
  signal: SignalId;
  /** Most columns; each holds whole steps of the data. */
  columns: number;
  /** The quantile whose interval is shown, in [0, 1]. */
  quantile: number;
}

/** The module answers one list: columns, rows, then the arrays in the order of {@link HeatMap}. */
export function heatMapFromList(list: Float64Array): HeatMap {
  const [columns = 0, rows = 0] = list;
  let end = 2;
  const next = (length: number): Float64Array => list.slice(end, (end += length));
  return {
    times: next(columns + 1),
    bounds: next(rows + 1),
    edges: next(rows + 1),
    counts: next(columns * rows),
    lo: next(columns),
    hi: next(columns),
  };
}
