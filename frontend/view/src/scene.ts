// Everything one drawing of a report needs, and the words for its times.

import type { HostServices, Interval, ReadyState } from './contract.js';
import { formatDuration, formatPlural } from './format.js';
import type { QuantileReport, Report, SignalReport } from './report-types.js';
import type { SizeClass } from './size-class.js';

/** What a part of the view is drawn from. */
export interface Scene {
  ready: ReadyState;
  report: Report;
  services: HostServices;
  size: SizeClass;
  /** The quantile the matrix shows, in [0, 1]. */
  quantile: number;
  chooseQuantile(q: number): void;
}

const DAY = 86_400_000;

/** `14:50 – 15:00`; with dates when the loaded range is longer than a day. */
export function timeSpan(scene: Scene, span: Interval): string {
  return `${timeOf(scene, span.start)}\u00a0–\u00a0${timeOf(scene, span.end)}`;
}

/** One time in the host's words, with its date when the loaded range is longer than a day. */
export function timeOf(scene: Scene, ms: number): string {
  const { range } = scene.report;
  const style =
    range.end - range.start > DAY ? 'date-time' : range.step < 5000 ? 'time-seconds' : 'time';
  return scene.services.formatTime(ms, style);
}

/** The window in words, for the last line of a tooltip. */
export function windowWords(
  scene: Scene,
  count = scene.report.window.finished_requests,
  noun = 'request',
): string {
  const { window } = scene.report;
  const requests = count === undefined ? '' : `, ${formatPlural(count, noun)}`;
  return `Window ${timeSpan(scene, window)} (${formatDuration(window.end - window.start)})${requests}.`;
}

/** The baseline's interval, if the report has one. */
export function baselineSpan(report: Report): Interval | undefined {
  const { start, end } = report.baseline;
  return start === undefined || end === undefined ? undefined : { start, end };
}

const BASELINE_SOURCE: Record<Report['baseline']['source'], string> = {
  auto: 'the range before the change that was found',
  range: 'the rest of the loaded range',
  offset: 'the same window, earlier',
  given: 'chosen by a person',
  none: 'none',
};

/** The baseline in words, for a tooltip; empty when there is none. */
export function baselineWords(scene: Scene): string {
  const span = baselineSpan(scene.report);
  if (!span) return '';
  const { finished_requests: finished, source } = scene.report.baseline;
  const requests = finished === undefined ? '' : `, ${formatPlural(finished, 'request')}`;
  return `Baseline ${timeSpan(scene, span)} (${BASELINE_SOURCE[source]})${requests}.`;
}

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
