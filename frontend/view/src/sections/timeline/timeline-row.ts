// The verdict by step on the time axis: colour, pattern and name, by pointer and by keyboard.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { leftIn, placeIn } from '../../charts/strip-place.js';
import type { Interval, TimelineSource } from '../../contract.js';
import type { Timeline } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { formatDuration } from '../../words/format.js';
import { timeSpan } from '../../words/times.js';
import { Judging } from '../judging.js';
import type { Joining } from '../judging.js';
import type { Run } from './runs.js';
import { nameOf, runsOf, story, verdictWords, windowOfRun, windowOfStep } from './runs.js';

/** What the row asks of the strips. */
export interface TimelineHost {
  changeWindow(window: Interval): void;
  paint(): void;
}

const STEPS: Joining<Timeline> = {
  keeps: true,
  count: ({ steps }) => steps.length,
  join: (before, part) => ({ ...part, steps: [...before.steps, ...part.steps] }),
};

/** The row of one view. */
export class TimelineRow {
  readonly #host: TimelineHost;
  readonly #judging: Judging<Timeline>;
  #runs: Run[] = [];
  #runsOf: Timeline | undefined;
  #isOffered = false;
  /** Step under the pointer or reached by keys. */
  #at: number | undefined;
  #frame = 0;

  constructor(host: TimelineHost) {
    this.#host = host;
    this.#judging = new Judging(STEPS, () => host.paint());
  }

  /** Takes over what a host offers with a report. */
  read(source: TimelineSource | undefined): void {
    this.#isOffered = source !== undefined;
    this.#judging.follow(source);
  }

  /** The row; it keeps its room while its steps are judged. */
  template(scene: Scene): TemplateResult | typeof nothing {
    if (!this.#isOffered) return nothing;
    const timeline = this.#judging.shown;
    const runs = this.#current();
    const empty = this.#judging.isGivenUp ? 'the steps could not be judged' : 'judging each step …';
    const said = timeline ? this.#said(scene, timeline) : empty;
    return html`<figure class="timeline">
      <figcaption>
        <span class="timeline-name">Verdict</span>
        <span class="timeline-said" role="status">${said}</span>
        ${timeline ? html`<span class="measure">${measure(timeline)}</span>` : nothing}
      </figcaption>
      <div
        class="timeline-track"
        role="slider"
        tabindex="0"
        aria-label="Verdict over time: arrow keys go through the steps, Page keys through the changes, Enter diagnoses the run, Shift and Enter the step"
        aria-valuemin="0"
        aria-valuemax=${Math.max(0, (timeline?.steps.length ?? 0) - 1)}
        aria-valuenow=${this.#at ?? Math.max(0, (timeline?.steps.length ?? 0) - 1)}
        aria-valuetext=${said}
        @pointermove=${this.#move}
        @pointerleave=${this.#leave}
        @focusout=${this.#leave}
        @click=${this.#click}
        @keydown=${this.#key}
      >
        ${runs.map((run) => drawn(scene, run))} ${this.#marks(scene, timeline)}
      </div>
    </figure>`;
  }

  /** The runs as a thin band, for where the strips wait to be opened. */
  band(scene: Scene): TemplateResult | typeof nothing {
    if (!this.#isOffered) return nothing;
    return html`<span class="timeline-band" aria-hidden="true"
      >${this.#current().map((run) => drawn(scene, run))}</span
    >`;
  }

  /** Stops judging. */
  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#judging.stop();
  }

  #current(): Run[] {
    const timeline = this.#judging.shown;
    if (timeline !== this.#runsOf) this.#runs = runsOf(timeline?.steps ?? []);
    this.#runsOf = timeline;
    return this.#runs;
  }

  #said(scene: Scene, timeline: Timeline): string {
    const step = this.#at === undefined ? undefined : timeline.steps[this.#at];
    const run = this.#runAt();
    if (!step || !run) return story(scene, this.#runs);
    const one = `${timeSpan(scene, step)}: ${verdictWords(run)}`;
    return run.id === undefined
      ? one
      : `${one}; ${nameOf(run)} ${timeSpan(scene, run)}, click to diagnose`;
  }

  #marks(scene: Scene, timeline: Timeline | undefined): TemplateResult {
    const { range, window } = scene.report;
    const step = this.#at === undefined ? undefined : timeline?.steps[this.#at];
    return html`<i class="timeline-window" .style=${placeIn(range, window)}></i>${
        step ? html`<i class="timeline-at" .style=${placeIn(range, step)}></i>` : nothing
      }`;
  }

  #runAt(): Run | undefined {
    const at = this.#at;
    if (at === undefined) return undefined;
    return this.#runs.find(({ first, last }) => at >= first && at <= last);
  }

  readonly #move = (event: PointerEvent): void => {
    this.#point(this.#stepAt(event));
  };

  readonly #leave = (): void => {
    this.#point(undefined);
  };

  readonly #click = (event: MouseEvent): void => {
    const at = this.#stepAt(event);
    if (at !== undefined) this.#choose(at, event.shiftKey);
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const count = this.#judging.shown?.steps.length ?? 0;
    const at = this.#at ?? count - 1;
    if (event.key === 'Enter' || event.key === ' ') {
      this.#choose(at, event.shiftKey);
    } else {
      const next = this.#reached(at, event.key, count);
      if (next === undefined) return;
      this.#point(Math.min(count - 1, Math.max(0, next)));
    }
    event.preventDefault();
  };

  #reached(at: number, key: string, count: number): number | undefined {
    const run = this.#runs.find(({ first, last }) => at >= first && at <= last);
    const steps: Record<string, number | undefined> = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      Home: 0,
      End: count - 1,
      PageUp: run && run.last + 1,
      PageDown: run && run.first - 1,
    };
    return steps[key];
  }

  #choose(at: number, isStep: boolean): void {
    const timeline = this.#judging.shown;
    const run = this.#runs.find(({ first, last }) => at >= first && at <= last);
    if (!timeline || !run) return;
    const window = isStep ? windowOfStep(timeline, at) : windowOfRun(timeline, run);
    if (window) this.#host.changeWindow(window);
  }

  #stepAt({ currentTarget, clientX }: MouseEvent): number | undefined {
    const steps = this.#judging.shown?.steps ?? [];
    const [first, last] = [steps[0], steps.at(-1)];
    if (!first || !last) return undefined;
    const { left, width } = (currentTarget as HTMLElement).getBoundingClientRect();
    const share = (clientX - left) / Math.max(1, width);
    const time = first.start + share * (last.end - first.start);
    const at = steps.findIndex((step) => step.end >= time);
    return at < 0 ? steps.length - 1 : at;
  }

  #point(at: number | undefined): void {
    if (at === this.#at) return;
    this.#at = at;
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#host.paint();
    });
  }
}

/** `1 min steps, each over 5 min`. */
function measure({ step, window }: Timeline): string {
  const steps = `${formatDuration(step)} steps`;
  return window === step ? steps : `${steps}, each over ${formatDuration(window)}`;
}

/** A name that does not fit is cut off; the line above says it. */
function drawn({ report: { range } }: Scene, run: Run): TemplateResult {
  const width =
    Number.parseFloat(leftIn(range, run.end)) - Number.parseFloat(leftIn(range, run.start));
  return html`<span
    class="run"
    data-severity=${run.severity ?? 'none'}
    .style=${`left:${leftIn(range, run.start)};width:${width.toFixed(3)}%`}
    ><b>${run.id === undefined ? '' : nameOf(run)}</b></span
  >`;
}
