// Icons whose shape alone tells what they mean; colour comes from the text around them.

import { html, svg } from 'lit-html';
import type { SVGTemplateResult, TemplateResult } from 'lit-html';

import type { Level, Severity, State } from '../report-types.js';

function icon(shape: SVGTemplateResult, kind: string): TemplateResult {
  return html`<svg class="icon ${kind}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${shape}
  </svg>`;
}

const cut = 'icon-cut';

const SEVERITIES: Record<Severity, () => SVGTemplateResult> = {
  critical: () =>
    svg`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor"/><path class=${cut} d="M8 4.2v4.6"/><circle class=${cut} cx="8" cy="11.4" r=".3"/>`,
  warning: () =>
    svg`<path d="M8 1.4 15.4 14.4H.6z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path class=${cut} d="M8 6v4"/><circle class=${cut} cx="8" cy="12.1" r=".3"/>`,
  ok: () =>
    svg`<circle cx="8" cy="8" r="7" fill="currentColor"/><path class=${cut} d="m4.9 8.3 2.2 2.2 4.1-4.8"/>`,
  info: () =>
    svg`<rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor"/><path class=${cut} d="M8 7.4v4.2"/><circle class=${cut} cx="8" cy="4.6" r=".3"/>`,
  unknown: () =>
    svg`<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 1.6"/><path d="M6.1 6.3a1.9 1.9 0 1 1 2.8 1.7c-.6.3-.9.7-.9 1.3" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/><circle cx="8" cy="11.4" r=".9" fill="currentColor"/>`,
};

/** Octagon, triangle, disc with a tick, square, dashed ring with a question mark. */
export function severityIcon(severity: Severity): TemplateResult {
  return icon(SEVERITIES[severity](), `severity-icon ${severity}`);
}

const LEVELS: Record<Level, () => SVGTemplateResult> = {
  high: () => svg`<path d="M8 2.5 14.5 13.5h-13z" fill="currentColor"/>`,
  low: () => svg`<path d="M8 13.5 1.5 2.5h13z" fill="currentColor"/>`,
  normal: () => svg`<circle cx="8" cy="8" r="5" fill="currentColor"/>`,
  unknown: () =>
    svg`<circle cx="8" cy="8" r="4.4" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.3 2.3"/>`,
};

/** Triangle up, triangle down, disc, dashed ring. */
export function levelIcon(level: Level): TemplateResult {
  return icon(LEVELS[level](), `level-icon level-${level}`);
}

const stroke = (d: string): SVGTemplateResult =>
  svg`<path d=${d} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>`;

/** Tick, cross, question mark. */
export function stateIcon(state: State): TemplateResult {
  if (state === 'unknown')
    return icon(
      svg`<text x="8" y="12.5" text-anchor="middle" class="icon-text">?</text>`,
      'state-icon',
    );
  return state === 'firing' ? tickIcon() : crossIcon();
}

/** A tick: speaks for it. */
export function tickIcon(): TemplateResult {
  return icon(stroke('m3 8.6 3.2 3.2L13 4.4'), 'tick-icon');
}

/** A cross: excluded, or advised against. */
export function crossIcon(): TemplateResult {
  return icon(stroke('m4 4 8 8m0-8-8 8'), 'cross-icon');
}

/** A dash: not measured. */
export function dashIcon(): TemplateResult {
  return icon(stroke('M4 8h8'), 'dash-icon');
}

/** A flag: PromQL's point misleads. */
export function flagIcon(): TemplateResult {
  return icon(
    svg`<path d="M3.5 15V1.5h9l-2.4 3.6 2.4 3.6h-7.6V15z" fill="currentColor"/>`,
    'flag-icon',
  );
}
