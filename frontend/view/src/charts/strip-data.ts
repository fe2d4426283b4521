// Which columns make which time strip, as the chart library wants them: plain rows, null for a gap.

import type { ThemeToken } from '../contract.js';
import type { ColumnDescription, Limit, Report } from '../report-types.js';
import type { Columns } from './columns.js';

/** Samples of one line; null where there is none, so that a gap stays a gap. */
export type Samples = (number | null)[];

/** One line or area of a strip. */
export interface StripSeries {
  id: string;
  title: string;
  colour: ThemeToken;
  /** `stack`: an area on top of the ones after it; `step`: held until the next sample. */
  shape: 'stack' | 'line' | 'step';
  dashed: boolean;
  /** What is drawn; for a stack the sum up to and with this series. */
  drawn: Samples;
}

/** A dashed horizontal line: a limit. */
export interface Ceiling {
  value: number;
  label: string;
  /** Unix milliseconds from which it binds; absent: always. */
  since?: number;
}

/** One chart. */
export interface Strip {
  id: string;
  /** What the y axis counts, for people; empty where the legend says it. */
  measure: string;
  unit: string;
  series: StripSeries[];
  ceiling?: Ceiling | undefined;
  /** A fixed upper end of the y axis. */
  top?: number;
  /** Height of the plot in CSS pixels. */
  height: number;
}

interface Look {
  colour: ThemeToken;
  shape: StripSeries['shape'];
  dashed?: boolean;
}

const LOOKS: Record<string, Look> = {
  'phase.front_end': { colour: 'front-end', shape: 'stack' },
  'phase.queue': { colour: 'queue', shape: 'stack' },
  'phase.prefill': { colour: 'prefill', shape: 'stack' },
  'phase.decode': { colour: 'decode', shape: 'stack' },
  running: { colour: 'decode', shape: 'step' },
  waiting: { colour: 'queue', shape: 'step' },
  kv_usage: { colour: 'kv', shape: 'line' },
  generation_tokens_per_s: { colour: 'decode', shape: 'line' },
  prompt_tokens_per_s: { colour: 'prefill', shape: 'line', dashed: true },
};

const KINDS = [
  { id: 'phases', measure: 's / request', height: 124 },
  { id: 'scheduler', measure: 'sequences', height: 88 },
  { id: 'kv', measure: '', height: 56, top: 1 },
  { id: 'throughput', measure: 'tokens / s', height: 76 },
] as const;

/** The strips whose columns the report has, from top to bottom; `isSum`: of several replicas. */
export function stripsOf(report: Report, columns: Columns, isSum = false): Strip[] {
  return KINDS.flatMap((kind): Strip[] => {
    const described = report.columns.filter(
      (column) => column.strip === kind.id && columns.has(column.id),
    );
    if (described.length === 0) return [];
    const strip: Strip = {
      ...kind,
      unit: described[0]?.unit ?? '',
      series: seriesOf(described, columns),
    };
    return [withCeiling(strip, report.limits, isSum)];
  });
}

/** The strip with the limit that belongs to it; the same strip when it has that one already. */
export function withCeiling(strip: Strip, limits: Limit[], isSum: boolean): Strip {
  const ceiling = ceilingOf(strip.id, limits, isSum);
  const same = JSON.stringify(ceiling) === JSON.stringify(strip.ceiling);
  return same ? strip : { ...strip, ceiling };
}

/**
 * In the order of drawing: the top of a stack first, so that each later area covers what belongs to
 * it.
 */
function seriesOf(described: ColumnDescription[], columns: Columns): StripSeries[] {
  const series = described.map((column): StripSeries => {
    const look = LOOKS[column.id] ?? { colour: 'unknown', shape: 'line' };
    return {
      id: column.id,
      title: column.title,
      dashed: false,
      ...look,
      drawn: samplesOf(columns.get(column.id)),
    };
  });
  if (series.some(({ shape }) => shape === 'stack')) stack(series);
  return series;
}

function samplesOf(values: Float64Array | undefined): Samples {
  return Array.from(values ?? [], (value) => (Number.isNaN(value) ? null : value));
}

/** Adds each series onto the ones after it; a gap in one is a gap in the sum. */
function stack(series: StripSeries[]): void {
  for (let row = series.length - 2; row >= 0; row -= 1) {
    const below = series[row + 1]?.drawn ?? [];
    const here = series[row]?.drawn ?? [];
    for (let index = 0; index < here.length; index += 1)
      here[index] = sum(here[index], below[index]);
    // A sum that breaks off breaks off for every part of it.
    for (let index = 0; index < here.length; index += 1)
      if (here[index] === null) clear(series, row, index);
  }
}

function sum(a: number | null | undefined, b: number | null | undefined): number | null {
  return typeof a === 'number' && typeof b === 'number' ? a + b : null;
}

function clear(series: StripSeries[], from: number, index: number): void {
  for (const { drawn } of series.slice(from)) drawn[index] = null;
}

/** A limit of one engine is no limit of the sum of several. */
function ceilingOf(strip: string, limits: Limit[], isSum: boolean): Ceiling | undefined {
  if (strip === 'kv') return { value: 1, label: 'full' };
  if (strip !== 'scheduler' || isSum) return undefined;
  const cap = limits.find(({ name }) => name === 'max_num_seqs');
  if (!cap) return undefined;
  const label = `limit ${cap.value} ${cap.provenance}`;
  return cap.since === undefined
    ? { value: cap.value, label }
    : { value: cap.value, label, since: cap.since };
}

/** The ceiling as samples on the strip's times; gaps where there is none. */
export function ceilingSamples(times: Float64Array, ceiling: Ceiling | undefined): Samples {
  const { value = null, since = -Infinity } = ceiling ?? {};
  return Array.from(times, (time) => (time >= since ? value : null));
}

/** Indices of samples without a neighbour, which a line alone would not show. */
export function lonelySamples(samples: Samples): number[] {
  const lonely: number[] = [];
  samples.forEach((value, index) => {
    if (
      value !== null &&
      (samples[index - 1] ?? null) === null &&
      (samples[index + 1] ?? null) === null
    )
      lonely.push(index);
  });
  return lonely;
}
