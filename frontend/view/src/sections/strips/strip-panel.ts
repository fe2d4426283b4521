// What the strips remember between drawings: the columns, the charts, the brush, the cursor.

import type { nothing, TemplateResult } from 'lit-html';

import { ColumnStore } from '../../charts/columns.js';
import type { Columns } from '../../charts/columns.js';
import { StripCharts } from '../../charts/strip-charts.js';
import { stripsOf, withCeiling } from '../../charts/strip-data.js';
import type { Strip } from '../../charts/strip-data.js';
import type { HostServices, Interval, ReadyState } from '../../contract.js';
import type { Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { currentColour, zoomOf } from '../../theme/theme.js';
import { formatTarget, formatValue } from '../../words/format.js';
import { timeOf } from '../../words/times.js';
import { TimelineRow } from '../timeline/timeline-row.js';
import { ComparisonPanel } from '../comparison/comparison-panel.js';
import { BrushGesture } from './brush-gesture.js';
import { slimStrip } from './slim-strip.js';
import { stripSection } from './strip-section.js';

/** What the panel asks of the page. */
export interface StripHost {
  changeWindow(window: Interval | undefined): void;
  paint(): void;
}

/** The strips of one view. */
export class StripPanel {
  readonly #host: StripHost;
  readonly #services: HostServices;
  readonly #store = new ColumnStore();
  readonly #charts: StripCharts;
  readonly #gesture: BrushGesture;
  readonly #timeline: TimelineRow;
  readonly #comparison: ComparisonPanel;
  #scene: Scene | undefined;
  #strips: Strip[] = [];
  #columns: Columns | undefined;
  #described = '';
  #report: Report | undefined;
  /** The reader's own window. */
  #brushed: Interval | undefined;
  /** The window under the pointer, ahead of its report. */
  #draft: Interval | undefined;
  #cursor: number | undefined;
  #cursorFrame = 0;
  /** The cursor is put where another chart points, which the host need not be told. */
  #isFollowing = false;
  /** The host is being told of another window, which it may answer at once. */
  #isChanging = false;

  constructor(root: HTMLElement, services: HostServices, host: StripHost) {
    this.#host = host;
    this.#services = services;
    this.#gesture = new BrushGesture({
      grid: () => this.#report?.range ?? { start: 0, end: 1, step: 1 },
      window: () => this.#draft ?? this.#report?.window ?? { start: 0, end: 1 },
      change: (window) => this.#change(window),
      released: () => host.paint(),
    });
    this.#timeline = new TimelineRow({
      changeWindow: (window) => this.#change(window),
      paint: () => host.paint(),
    });
    this.#comparison = new ComparisonPanel((compared) => {
      services.changeComparison?.(compared);
      host.paint();
    });
    this.#charts = new StripCharts({
      range: () => this.#report?.range ?? { start: 0, end: 1 },
      colour: (token) => currentColour(root, token),
      font: () => `11px ${getComputedStyle(root).fontFamily}`,
      formatTime: (ms) => (this.#scene ? timeOf(this.#scene, ms) : services.formatTime(ms, 'time')),
      formatValue: (value, unit) => axisValue(value, unit),
      zoom: () => zoomOf(root),
      pointAt: (index) => this.#pointAt(index),
    });
  }

  /** Whether the reader is changing the window, so that the charts must not move away. */
  get held(): boolean {
    return this.#gesture.active || this.#isChanging;
  }

  /** Whether there is anything to draw. */
  get isEmpty(): boolean {
    return this.#strips.length === 0;
  }

  /** The same map as long as no column changed. */
  get columns(): Columns {
    return this.#store.columns;
  }

  /** The window as it is being dragged, ahead of its report. */
  get window(): Interval | undefined {
    return this.#draft ?? this.#report?.window;
  }

  /** Takes over a new report and its columns; `hasRoom`: the layout has a place for them. */
  read(ready: ReadyState, hasRoom: boolean): void {
    const { report } = ready;
    this.#report = report;
    const isShown = hasRoom && ready.sections.includes('strips');
    this.#timeline.read(isShown ? ready.timeline : undefined);
    this.#comparison.read(ready.comparison);
    const isSum = report.fleet !== undefined && ready.replica === undefined;
    const columns = this.#store.read(ready);
    const described = JSON.stringify(report.columns);
    if (columns !== this.#columns || described !== this.#described)
      this.#strips = stripsOf(report, columns, isSum);
    // Limits come and go with the window; only the strip that shows one is drawn again.
    else this.#strips = this.#strips.map((strip) => withCeiling(strip, report.limits, isSum));
    this.#columns = columns;
    this.#described = described;
    if (!this.#gesture.active) this.#draft = undefined;
  }

  /** The section, for the page's template. */
  template(scene: Scene): TemplateResult | typeof nothing {
    this.#scene = scene;
    const { window: reported, range } = scene.report;
    const window = this.#draft ?? reported;
    return stripSection(scene, {
      strips: this.#strips,
      columns: this.#store.columns,
      window,
      brushed: this.#brushed !== undefined && isSame(this.#brushed, window, range.step),
      cursor: this.#cursor,
      gesture: this.#gesture,
      timeline: this.#timeline.template(scene),
      clear: () => this.#change(undefined),
      comparison: {
        isOffered: this.#comparison.isOffered,
        isOpen: this.#comparison.isOpen,
        other: this.#comparison.other(scene.report),
        section: this.#comparison.template(scene),
        toggle: () => this.#comparison.toggle(scene.report),
      },
    });
  }

  /** The first strip as one slim line, for where the strips wait to be opened. */
  slim(scene: Scene, open: () => void): TemplateResult | typeof nothing {
    return slimStrip(scene, {
      strip: this.#strips[0],
      times: this.#store.columns.get('times'),
      band: this.#timeline.band(scene),
      open,
    });
  }

  /** Puts the charts into the places the template made; none when the strips are not shown. */
  attach(content: HTMLElement | undefined): void {
    const places = new Map<string, HTMLElement>();
    for (const place of content?.querySelectorAll<HTMLElement>('[data-strip]') ?? []) {
      places.set(place.dataset['strip'] ?? '', place);
    }
    const times = this.#store.columns.get('times');
    this.#charts.sync(this.#strips, times ?? new Float64Array(), places);
  }

  /**
   * Puts the cursor at a time that another chart points at; a pointer on the strips themselves
   * comes first.
   */
  setCursor(time: number | undefined): void {
    if (this.#gesture.active) return;
    this.#isFollowing = true;
    this.#charts.setCursor(time);
    this.#isFollowing = false;
  }

  /** Colours and fonts changed. */
  restyle(): void {
    this.#charts.redraw();
  }

  /** Removes the charts. */
  destroy(): void {
    cancelAnimationFrame(this.#cursorFrame);
    this.#gesture.cancel();
    this.#timeline.destroy();
    this.#charts.destroy();
  }

  #change(window: Interval | undefined): void {
    this.#draft = window;
    this.#brushed = window;
    this.#isChanging = true;
    this.#host.changeWindow(window);
    this.#isChanging = false;
  }

  #timeAt(index: number | undefined): number | undefined {
    return index === undefined ? undefined : this.#columns?.get('times')?.[index];
  }

  #pointAt(index: number | undefined): void {
    if (index === this.#cursor) return;
    this.#cursor = index;
    if (!this.#isFollowing) this.#services.hover?.(this.#timeAt(index));
    if (this.#cursorFrame !== 0) return;
    this.#cursorFrame = requestAnimationFrame(() => {
      this.#cursorFrame = 0;
      this.#host.paint();
    });
  }
}

/**
 * The core moves a window onto its samples; a host that drops it, for instance because it left the
 * range, moves it further.
 */
function isSame(a: Interval, b: Interval, step: number): boolean {
  return Math.abs(a.start - b.start) <= step && Math.abs(a.end - b.end) <= step;
}

function axisValue(value: number, unit: string): string {
  if (unit === 's') return formatTarget(value);
  return formatValue(value, unit === 'ratio' ? unit : '');
}
