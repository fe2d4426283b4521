import type { Notice } from '@inference-triage/engine';

import type { Identity } from './identity';

/**
 * Samples as a frame has them: numbers, or null, undefined and text where a source has no number.
 */
export type Samples = ArrayLike<number | null | undefined | string>;

/**
 * One bucket of a native histogram: rule for its ends as Prometheus numbers them, lower, upper,
 * count.
 */
export type NativeBucket = [rule: number, lower: number, upper: number, count: number];

/**
 * Where series go. It copies what it is given before it returns: dashboards empty their arrays in
 * place.
 */
export interface SeriesSink {
  addSeries(series: Identity & { times: ArrayLike<number>; values: Samples }): void;
  addNative(
    series: Identity & {
      times: ArrayLike<number>;
      histograms: Array<{ buckets: NativeBucket[] } | undefined>;
    }
  ): void;
  addNotice(notice: Notice): void;
}
