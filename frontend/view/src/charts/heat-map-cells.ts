// Reading a heat map: which cell stands where, and what it holds.

import type { HeatMap } from '../report-types.js';

/** One cell: its column from the left and its row from the lowest bucket. */
export interface Cell {
  column: number;
  row: number;
}

/** What a cell says. */
export interface CellContent {
  start: number;
  end: number;
  /** Bucket bounds in the signal's unit; the lower may be 0, the upper infinite. */
  low: number;
  high: number;
  /** Observations in the cell, and in its column; undefined where the column has no data. */
  count: number | undefined;
  total: number;
  /** Interval of the quantile in the column; undefined without observations. */
  quantile: { lo: number; hi: number } | undefined;
}

/** Number of rows. */
export function rowCount(map: HeatMap): number {
  return map.edges.length - 1;
}

/** Number of columns. */
export function columnCount(map: HeatMap): number {
  return map.lo.length;
}

/**
 * Place of a value on the logarithmic axis, 0 at the bottom and 1 at the top; undefined outside.
 */
export function positionOf(map: HeatMap, value: number): number | undefined {
  const [low, high] = [map.edges[0] ?? 1, map.edges.at(-1) ?? 1];
  return value < low || value > high ? undefined : Math.log(value / low) / Math.log(high / low);
}

/** The cell at shares of width and height, each 0–1 from the lower left corner. */
export function cellAt(map: HeatMap, across: number, up: number): Cell {
  const [start, end] = [map.times[0] ?? 0, map.times.at(-1) ?? 1];
  const time = start + across * (end - start);
  const [low, high] = [map.edges[0] ?? 1, map.edges.at(-1) ?? 1];
  const value = low * (high / low) ** up;
  return {
    column: clamp(map.times.findIndex((edge) => edge > time) - 1, columnCount(map), across >= 1),
    row: clamp(map.edges.findIndex((edge) => edge > value) - 1, rowCount(map), up >= 1),
  };
}

/** A cell moved by whole cells, kept inside. */
export function moved(map: HeatMap, { column, row }: Cell, right: number, up: number): Cell {
  const within = (place: number, count: number): number => Math.min(count - 1, Math.max(0, place));
  return { column: within(column + right, columnCount(map)), row: within(row + up, rowCount(map)) };
}

/** Everything a reader may ask of a cell. */
export function contentOf(map: HeatMap, { column, row }: Cell): CellContent {
  const rows = rowCount(map);
  const counts = map.counts.subarray(column * rows, (column + 1) * rows);
  const count = counts[row];
  const [lo, hi] = [map.lo[column] ?? Number.NaN, map.hi[column] ?? Number.NaN];
  return {
    start: map.times[column] ?? 0,
    end: map.times[column + 1] ?? 0,
    low: map.bounds[row] ?? 0,
    high: map.bounds[row + 1] ?? Infinity,
    count: count === undefined || Number.isNaN(count) ? undefined : count,
    total: counts.reduce((sum, part) => sum + part, 0),
    quantile: Number.isNaN(lo) ? undefined : { lo, hi },
  };
}

/** Observations of each row over all columns, from the lowest row up. */
export function rowTotals(map: HeatMap): number[] {
  const rows = rowCount(map);
  const totals = new Array<number>(rows).fill(0);
  map.counts.forEach((count, index) => {
    if (!Number.isNaN(count)) totals[index % rows] = (totals[index % rows] ?? 0) + count;
  });
  return totals;
}

/** `findIndex` finds nothing beyond the last edge (-2 here), where the last cell ends. */
function clamp(place: number, count: number, isEnd: boolean): number {
  return isEnd || place === -2 ? count - 1 : Math.min(count - 1, Math.max(0, place));
}
