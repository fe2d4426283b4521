// One slim line of time where the strips have no room: what takes time, since when, in which
// window; it opens the strips.

import { html, nothing, svg } from 'lit-html';
import type { SVGTemplateResult, TemplateResult } from 'lit-html';

import type { Samples, Strip } from '../../charts/strip-data.js';
import { leftIn, placeIn } from '../../charts/strip-place.js';
import type { Scene } from '../../scene.js';
import { baselineSpan, timeOf } from '../../words/times.js';

/** Units of the drawing, which is stretched to its place. */
const WIDTH = 1000;
const HEIGHT = 30;

/** What the line shows besides the report. */
export interface Slim {
  strip: Strip | undefined;
  times: Float64Array | undefined;
  /** The verdict over time, above the samples. */
  band: TemplateResult | typeof nothing;
  open(): void;
}

/** Nothing where the data hold no series over time. */
export function slimStrip(
  scene: Scene,
  { strip, times, band, open }: Slim,
): TemplateResult | typeof nothing {
  if (!strip || !times) return nothing;
  const { report } = scene;
  const { range, window, verdict } = report;
  const baseline = baselineSpan(report);
  const top = strip.top ?? mostOf(strip);
  const since = verdict.since;
  return html`<button type="button" class="slim" @click=${open}>
    <span class="visually-hidden">Open the strips over time,</span>
    ${band}
    <span class="slim-plot" aria-hidden="true">
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
        ${strip.series.map(({ colour, drawn }) => area(times, drawn, range, top, colour))}
      </svg>
      ${
        baseline
          ? html`<i class="region region-baseline" .style=${placeIn(range, baseline)}></i>`
          : nothing
      }
      <i class="region region-window" .style=${placeIn(range, window)}></i>
      ${
        since === undefined || since <= range.start
          ? nothing
          : html`<i class="onset" .style=${`left:${leftIn(range, since)}`}></i>`
      }
    </span>
    <span class="slim-times"
      ><span>${timeOf(scene, range.start)}</span><span>${strip.measure}</span
      ><span>${timeOf(scene, range.end)}</span></span
    >
  </button>`;
}

function mostOf({ series }: Strip): number {
  let most = 0;
  for (const { drawn } of series) for (const value of drawn) most = Math.max(most, value ?? 0);
  return most;
}

/** A filled shape for each run of samples; a gap stays a gap. */
function area(
  times: Float64Array,
  samples: Samples,
  range: { start: number; end: number },
  top: number,
  colour: string,
): SVGTemplateResult {
  const length = Math.max(1, range.end - range.start);
  const x = (index: number): string =>
    ((((times[index] ?? range.start) - range.start) / length) * WIDTH).toFixed(1);
  const y = (value: number): string => (HEIGHT * (1 - value / (top || 1))).toFixed(1);
  let path = '';
  let first = -1;
  const close = (last: number): void => {
    if (first >= 0) path += `L${x(last)} ${HEIGHT}H${x(first)}Z`;
    first = -1;
  };
  samples.forEach((value, index) => {
    if (value === null) return close(index - 1);
    path += `${first < 0 ? 'M' : 'L'}${x(index)} ${y(value)}`;
    if (first < 0) first = index;
  });
  close(samples.length - 1);
  return svg`<path class=${colour} d=${path} />`;
}
