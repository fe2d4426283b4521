// What the panel tells the page around it, as events that bubble and cross shadow roots. The names
// are the web component's.

import type { Report } from '@inference-triage/engine';

export interface ReportDetail {
  report: Report;
  /**
   * The report as JSON text in UTF-8, byte for byte what `inference-triage diagnose --format json`
   * prints.
   */
  reportBytes(): Uint8Array | undefined;
}

export interface ProblemDetail {
  /** A stable word for programs, e.g. `no-engine`, `bad-settings`. */
  code: string;
  /** The cause, one sentence. */
  message: string;
  /** What to do about it, one sentence. */
  cure?: string;
}

export interface WindowDetail {
  /**
   * What the reader selected on the strips, Unix milliseconds; undefined when the selection is
   * gone.
   */
  window: { start: number; end: number } | undefined;
}

/** Events of a panel and their details. */
export interface InferenceTriageEventMap {
  'inference-triage-report': CustomEvent<ReportDetail>;
  'inference-triage-error': CustomEvent<ProblemDetail>;
  'inference-triage-window': CustomEvent<WindowDetail>;
}

export function tell<Type extends keyof InferenceTriageEventMap>(
  element: HTMLElement,
  type: Type,
  detail: InferenceTriageEventMap[Type]['detail'],
): void {
  element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
