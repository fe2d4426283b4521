// One row of the shared log axis: the interval that holds a quantile, with the marks that engineers
// compare it to.

import { html, nothing, svg } from 'lit-html';
import type { SVGTemplateResult, TemplateResult } from 'lit-html';

import type { QuantileReport, SignalReport } from '../report-types.js';
import type { LogAxis } from './log-axis.js';

/** What a glyph shows, all in seconds. */
export interface Glyph {
  signal: SignalReport;
  quantile: QuantileReport | undefined;
  baseline: QuantileReport | undefined;
}

/** Height of a glyph in CSS pixels; widths are fractions of the column. */
const HEIGHT = 32;
const BAR_TOP = 6;
const BAR_HEIGHT = 12;
const MIDDLE = BAR_TOP + BAR_HEIGHT / 2;

/**
 * The picture. Its numbers stand as text in the other cells of the row, so screen readers skip it.
 */
export function intervalGlyph(
  axis: LogAxis,
  { signal, quantile, baseline }: Glyph,
): TemplateResult {
  return html`<svg
    class="glyph level-${signal.level}"
    height=${HEIGHT}
    width="100%"
    aria-hidden="true"
  >
    ${axis.ticks.map(({ at }) => rule(axis, at, 0, HEIGHT, 'glyph-grid'))}
    ${baseline ? span(axis, baseline.lo, baseline.hi, 24, 2, 'glyph-baseline-bar') : nothing}
    ${quantile ? interval(axis, quantile) : nothing}
    ${signal.attainment ? objective(axis, signal.attainment.target) : nothing}
    ${signal.mean === undefined ? nothing : rule(axis, signal.mean, 2, 22, 'glyph-mean')}
    ${quantile?.point === undefined ? nothing : point(axis, quantile, quantile.point)}
    ${signal.baseline_mean === undefined ? nothing : triangle(axis, signal.baseline_mean)}
  </svg>`;
}

/** The marks that explain the picture, for the legend. */
export function glyphKey(
  kind: 'interval' | 'order' | 'mean' | 'point' | 'artefact' | 'objective' | 'baseline',
): TemplateResult {
  const shapes: Record<typeof kind, SVGTemplateResult> = {
    interval: svg`<rect class="glyph-bar" x="1" y="5" width="16" height="8" rx="2"/>`,
    order: svg`<rect class="glyph-bar glyph-loose" x="1" y="5" width="16" height="8" rx="2"/>`,
    mean: svg`<line class="glyph-mean" x1="9" x2="9" y1="2" y2="16"/>`,
    point: svg`<circle class="glyph-point" cx="9" cy="9" r="4"/>`,
    artefact: svg`<circle class="glyph-point glyph-misleads" cx="9" cy="9" r="4"/>`,
    objective: svg`<path class="glyph-objective" d="M9 1v16M6.5 1h5"/>`,
    baseline: svg`<path class="glyph-baseline" d="m9 6 4 7H5z"/>`,
  };
  return html`<svg class="glyph-key" width="18" height="18" aria-hidden="true">
    ${shapes[kind]}
  </svg>`;
}

function interval(
  axis: LogAxis,
  { lo, hi, order_hi: orderHi, basis }: QuantileReport,
): SVGTemplateResult {
  const kind = basis === 'exact' ? 'glyph-bar' : 'glyph-bar glyph-estimated';
  const tighter = orderHi !== undefined && (hi === undefined || orderHi < hi) ? orderHi : undefined;
  if (tighter === undefined) return span(axis, lo, hi, BAR_TOP, BAR_HEIGHT, kind);
  return svg`${span(axis, tighter, hi, BAR_TOP, BAR_HEIGHT, 'glyph-bar glyph-loose')}
    ${span(axis, lo, tighter, BAR_TOP, BAR_HEIGHT, kind)}`;
}

/** A bar from `lo` to `hi`; open to the right when `hi` is unknown. */
function span(
  axis: LogAxis,
  lo: number,
  hi: number | undefined,
  y: number,
  height: number,
  kind: string,
): SVGTemplateResult {
  const from = axis.position(lo);
  const width = Math.max(0, (hi === undefined ? 1 : axis.position(hi)) - from);
  return svg`<rect class=${kind} x=${per(from)} width=${per(width)} y=${y} height=${height} rx=${Math.min(2, height / 2)}></rect>`;
}

function rule(
  axis: LogAxis,
  value: number,
  top: number,
  bottom: number,
  kind: string,
): SVGTemplateResult {
  const x = per(axis.position(value));
  return svg`<line class=${kind} x1=${x} x2=${x} y1=${top} y2=${bottom}></line>`;
}

function point(axis: LogAxis, quantile: QuantileReport, value: number): SVGTemplateResult {
  const misleads = quantile.artefact || quantile.outside_bounds;
  return svg`<circle class=${misleads ? 'glyph-point glyph-misleads' : 'glyph-point'} cx=${per(axis.position(value))} cy=${MIDDLE} r="3.25"></circle>`;
}

function objective(axis: LogAxis, target: number): SVGTemplateResult {
  return svg`<svg class="glyph-anchor" x=${per(axis.position(target))} overflow="visible"><path class="glyph-objective" d="M0 1v23M-3 1h6"></path></svg>`;
}

function triangle(axis: LogAxis, mean: number): SVGTemplateResult {
  return svg`<svg class="glyph-anchor" x=${per(axis.position(mean))} overflow="visible"><path class="glyph-baseline" d="M0 25l4 6.5h-8z"></path></svg>`;
}

function per(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}
