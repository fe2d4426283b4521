// Times in words: moments, spans, the window and the baseline.

import type { Interval } from '../contract.js';
import type { Report } from '../report-types.js';
import type { Scene } from '../scene.js';
import { formatDuration, formatPlural } from './format.js';

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
  drift: 'the beginning of the range: latency drifted, without a moment of change',
  range: 'the rest of the loaded range',
  earlier: 'the same time a week or a day earlier; nothing changed in the range',
  offset: 'the same window, earlier',
  given: 'set by hand',
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
