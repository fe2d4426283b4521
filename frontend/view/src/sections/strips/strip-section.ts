// The time strips as a section: legends, the regions drawn over the plots, the brush and its
// buttons.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Strip, StripSeries } from '../../charts/strip-data.js';
import { leftIn, placeIn } from '../../charts/strip-place.js';
import type { Interval } from '../../contract.js';
import type { Scene } from '../../scene.js';
import { formatCount, formatShare } from '../../words/format.js';
import { number } from '../../words/number.js';
import { baselineSpan, timeOf, timeSpan, windowWords } from '../../words/times.js';
import { inSentence } from '../../words/words.js';
import { annotationList, annotationMarks } from './annotations.js';
import type { Grip } from './brush.js';
import { readout, swatch } from './strip-readout.js';
import { stripTable } from './strip-table.js';
import type { StripComparison, StripView } from './strip-view.js';

/** Nothing where the data hold no series over time. */
export function stripSection(scene: Scene, view: StripView): TemplateResult | typeof nothing {
  if (view.strips.length === 0) return nothing;
  const span = timeSpan(scene, view.brushed ? view.window : scene.report.range);
  return html`<section class="block strips" aria-labelledby="it-strips">
    <div class="block-head">
      <h3 id="it-strips">Over time</h3>
      <p class="block-sub" title=${span}>
        ${span}<span class="strip-hint">
          · ${view.brushed ? 'your window' : 'drag to pick a window'}</span
        >
      </p>
      ${buttons(scene, view)}
    </div>
    ${view.timeline} ${area(scene, view)} ${annotationList(scene)}
    ${stripTable(scene, view.strips, view.columns)} ${view.comparison.section}
  </section>`;
}

function buttons({ services }: Scene, view: StripView): TemplateResult {
  return html`<div class="strip-buttons">
    ${view.brushed ? html`<button type="button" class="small" @click=${view.clear}>clear</button>` : nothing}
    ${
      services.zoomTo
        ? html`<button
            type="button"
            class="small"
            @click=${(): void => services.zoomTo?.(view.window)}
          >
            zoom to window
          </button>`
        : nothing
    }
    ${view.comparison.isOffered ? compareButton(view.comparison) : nothing}
  </div>`;
}

function compareButton({ isOpen, toggle }: StripComparison): TemplateResult {
  const follow = (event: Event): void => {
    const strips = (event.currentTarget as HTMLElement).closest('.strips');
    toggle();
    // It opens below the charts, which may fill the screen.
    strips?.querySelector('.comparison')?.scrollIntoView({ block: 'nearest' });
  };
  return html`<button type="button" class="small" aria-expanded=${isOpen} @click=${follow}>
    compare
  </button>`;
}

function area(scene: Scene, view: StripView): TemplateResult {
  const { gesture } = view;
  return html`<div
    class="strip-area"
    data-tips
    @pointerdown=${gesture.press}
    @pointermove=${gesture.move}
    @pointerup=${gesture.release}
    @pointercancel=${gesture.release}
  >
    ${view.strips.map((strip, index) =>
      figure(scene, view, strip, index === view.strips.length - 1),
    )}
    ${brush(scene, view)} ${readout(scene, view)}
  </div>`;
}

const STRIP_NAMES: Record<string, string> = {
  phases: 'Mean seconds per request by phase',
  scheduler: 'Running and waiting sequences',
  kv: 'Use of the KV cache',
  throughput: 'Tokens per second',
};

function figure(scene: Scene, view: StripView, strip: Strip, last: boolean): TemplateResult {
  const name = STRIP_NAMES[strip.id] ?? strip.id;
  return html`<figure class="strip">
    <figcaption>
      ${
        strip.id === 'kv'
          ? kvLegend(scene, strip)
          : strip.series.map((entry) => legend(entry, inSentence(entry.title)))
      }
      ${strip.ceiling ? html`<span class="legend ceiling"><i class="dash"></i>${strip.ceiling.label}</span>` : nothing}
      <span class="measure">${strip.measure}</span>
    </figcaption>
    <div class="plot ${last ? 'plot-last' : ''}">
      <div
        class="canvas"
        data-strip=${strip.id}
        role="img"
        aria-label="${name} over time; the values are in the table below"
      ></div>
      ${regions(scene, view, strip === view.strips[0])}
    </div>
  </figure>`;
}

function legend(entry: StripSeries, title: string | TemplateResult): TemplateResult {
  return html`<span class="legend">${swatch(entry)}${title}</span>`;
}

function kvLegend(scene: Scene, strip: Strip): TemplateResult[] {
  const usage = scene.report.signals['kv_usage']?.mean;
  const capacity = scene.report.limits.find(({ name }) => name === 'kv_capacity_tokens');
  const tip = `Mean use of the KV cache over the samples of the window.\n${windowWords(scene)}`;
  const used = usage === undefined ? nothing : html` <b>${number(formatShare(usage), tip)}</b>`;
  const of = capacity ? html` of ${formatCount(capacity.value)} tokens` : nothing;
  return strip.series.map((entry) => legend(entry, html`KV cache${used}${of}`));
}

/** Window, baseline and onset, drawn over one plot. */
function regions(scene: Scene, view: StripView, first: boolean): TemplateResult {
  const { report } = scene;
  const baseline = baselineSpan(report);
  const { since } = report.verdict;
  return html`<div class="regions" aria-hidden="true">
    ${
      baseline
        ? html`<div class="region region-baseline" .style=${placeIn(report.range, baseline)}>
            ${first ? html`<span class="region-label">baseline</span>` : nothing}
          </div>`
        : nothing
    }
    ${view.comparison.other ? otherRegion(scene, view.comparison.other, first) : nothing}
    ${annotationMarks(scene)}
    <i class="region region-window" .style=${placeIn(report.range, view.window)}></i>
    ${
      since === undefined || since <= report.range.start
        ? nothing
        : html`<i class="onset" .style=${`left:${leftIn(report.range, since)}`}></i>`
    }
  </div>`;
}

/** The baseline has a region of its own. */
function otherRegion(
  { report }: Scene,
  other: Interval,
  first: boolean,
): TemplateResult | typeof nothing {
  const baseline = baselineSpan(report);
  if (baseline?.start === other.start && baseline.end === other.end) return nothing;
  return html`<div class="region region-other" .style=${placeIn(report.range, other)}>
    ${first ? html`<span class="region-label">compared</span>` : nothing}
  </div>`;
}

const GRIPS: readonly Grip[] = ['start', 'body', 'end'];
const GRIP_LABEL: Record<Grip, string> = {
  start: 'Window start',
  body: 'Window',
  end: 'Window end',
};

/** Three sliders over all plots; the pointer is handled by the area beneath them. */
function brush(scene: Scene, { window, gesture }: StripView): TemplateResult {
  const { range } = scene.report;
  const now = { start: window.start, body: window.start, end: window.end };
  const text = {
    start: timeOf(scene, window.start),
    body: timeSpan(scene, window),
    end: timeOf(scene, window.end),
  };
  return html`<div
    class="brush"
    role="group"
    aria-label="Diagnosed window: arrow keys move, Shift moves further, Escape clears"
  >
    <div class="brush-window" .style=${placeIn(range, window)}>
      ${GRIPS.map(
        (grip) =>
          html`<div
            class="grip grip-${grip}"
            data-grip=${grip}
            role="slider"
            tabindex="0"
            aria-label=${GRIP_LABEL[grip]}
            aria-orientation="horizontal"
            aria-valuemin=${range.start}
            aria-valuemax=${range.end}
            aria-valuenow=${now[grip]}
            aria-valuetext=${text[grip]}
            @keydown=${gesture.key}
          ></div>`,
      )}
    </div>
  </div>`;
}
