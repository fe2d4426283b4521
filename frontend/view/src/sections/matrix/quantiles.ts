// Which quantiles the signals of a report have.

import type { QuantileReport, SignalReport } from '../../report-types.js';

/** The report of quantile `q` in a list, if it was asked for. */
export function quantileOf(list: readonly QuantileReport[], q: number): QuantileReport | undefined {
  return list.find((entry) => Math.abs(entry.q - q) < 1e-9);
}

/** All quantiles that any signal reports, ascending. */
export function quantilesOf(signals: Iterable<SignalReport>): number[] {
  const found = new Set<number>();
  for (const signal of signals) for (const { q } of signal.quantiles) found.add(q);
  return [...found].sort((a, b) => a - b);
}
