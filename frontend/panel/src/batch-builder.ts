import type {
  NativeHistogram,
  NativeSeries,
  Notice,
  SampleBatch,
  SeriesDescription,
  SeriesKind,
} from '@inference-triage/engine';

/** A sample as hosts have it: numbers, text of a number, or nothing. */
export type HostValue = number | string | null | undefined;

/** What a host knows of a series; the core finds out what it is. */
interface HostDescription {
  labels: Readonly<Record<string, string>>;
  /**
   * What the series is, e.g. `queue_time_bucket`, where the host knows better than label and name.
   */
  role?: string | undefined;
  /** The query text it came from; the last resort for finding its role. */
  query?: string | undefined;
  /** How to read the values; absent: from the role. */
  kind?: SeriesKind | undefined;
  /** Window of an increment, rate or increase, milliseconds. */
  windowMs?: number | undefined;
  /** Unix milliseconds, in any order. */
  times: ArrayLike<number>;
}

type Description = Omit<SeriesDescription, 'grid' | 'offset' | 'length'>;

/** One series of floats. */
export interface HostSeries extends HostDescription {
  /** Aligned with `times`; null, undefined, NaN and text that is no number are absent samples. */
  values: ArrayLike<HostValue>;
}

/** One series of native histograms. */
export interface HostNativeSeries extends HostDescription {
  /** Aligned with `times`; undefined where there is no sample. */
  histograms: ArrayLike<NativeHistogram | null | undefined>;
}

/**
 * Query results of a host as the one input every session takes. Everything is copied when it is
 * added, because hosts empty and reuse their arrays; identical runs of times are stored once.
 */
export class BatchBuilder {
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #series: SeriesDescription[] = [];
  readonly #native: NativeSeries[] = [];
  readonly #notices: Notice[] = [];
  /** Runs of `#times` by length, to be compared with a new one. */
  readonly #grids = new Map<number, number[]>();

  /**
   * Adds one series; samples beyond the shorter of the two arrays are left out, as is a series
   * without samples.
   */
  addSeries({ times, values, ...description }: HostSeries): void {
    const length = Math.min(times.length, values.length);
    const order = ascending(times, length);
    if (order.length === 0) return;
    const offset = this.#values.length;
    for (const index of order) this.#values.push(numberOf(values[index]));
    this.#series.push({
      ...described(description),
      grid: this.#gridOf(order.map((index) => Number(times[index]))),
      offset,
      length: order.length,
    });
  }

  /** Adds one series of native histograms. */
  addNative({ times, histograms, ...description }: HostNativeSeries): void {
    const length = Math.min(times.length, histograms.length);
    const order = ascending(times, length).filter((index) => (histograms[index] ?? null) !== null);
    if (order.length === 0) return;
    this.#native.push({
      ...described(description),
      times: order.map((index) => Number(times[index])),
      histograms: order.flatMap((index) => histograms[index] ?? []),
    });
  }

  /** A message of the server or of the host; it is shown with the diagnosis. */
  addNotice(notice: Notice): void {
    this.#notices.push({ ...notice });
  }

  /** Whether anything but notices was added. */
  get isEmpty(): boolean {
    return this.#series.length === 0 && this.#native.length === 0;
  }

  build(): SampleBatch {
    return {
      times: Float64Array.from(this.#times),
      values: Float64Array.from(this.#values),
      series: [...this.#series],
      native: [...this.#native],
      notices: [...this.#notices],
      not_finite: 0,
    };
  }

  /** Index of a run of times that equals `times`, added when there is none. */
  #gridOf(times: readonly number[]): number {
    const candidates = this.#grids.get(times.length) ?? [];
    const known = candidates.find((start) =>
      times.every((time, index) => this.#times[start + index] === time),
    );
    if (known !== undefined) return known;
    const start = this.#times.length;
    for (const time of times) this.#times.push(time);
    this.#grids.set(times.length, [...candidates, start]);
    return start;
  }
}

function described({
  labels,
  role,
  query,
  kind,
  windowMs,
}: Omit<HostDescription, 'times'>): Description {
  return {
    labels: { ...labels },
    ...(role === undefined ? {} : { role }),
    ...(query === undefined ? {} : { query }),
    ...(kind === undefined ? {} : { kind }),
    ...(windowMs === undefined ? {} : { window_ms: windowMs }),
  };
}

/**
 * Indices of the samples with a finite time, in the order of time; of two at the same time the
 * later one stays.
 */
function ascending(times: ArrayLike<number>, length: number): number[] {
  const order: number[] = [];
  let isAscending = true;
  for (let index = 0; index < length; index += 1) {
    const time = Number(times[index]);
    if (!Number.isFinite(time)) continue;
    const last = order.at(-1);
    if (last !== undefined && time <= Number(times[last])) isAscending = false;
    order.push(index);
  }
  if (isAscending) return order;
  const sorted = order.sort((left, right) => Number(times[left]) - Number(times[right]));
  return sorted.filter(
    (index, place) => Number(times[index]) !== Number(times[sorted[place + 1] ?? -1]),
  );
}

/** `Number(null)` and `Number('')` are 0, but an absent sample is not zero. */
function numberOf(value: HostValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}
