// What a host gives the view and what it gets from it.

import type {
  Colour,
  ColumnId,
  Comparison,
  HeatMap,
  HeatMapQuery,
  Notice,
  ReplicaVerdicts,
  Report,
  Section,
  Timeline,
} from './report-types.js';

/** An absolute interval, Unix milliseconds, `start < end`. */
export interface Interval {
  start: number;
  end: number;
}

/** Gives and paints the heat maps of a diagnosis. */
export interface HeatMapSource {
  /** Undefined when the signal has no histogram or nothing was observed. */
  read(query: HeatMapQuery): HeatMap | undefined;
  /** Covers the whole canvas; false when there is nothing to paint. */
  paint(
    context: CanvasRenderingContext2D,
    query: HeatMapQuery,
    colours: { cell: Colour; band: Colour },
  ): boolean;
}

/** Reads what costs a diagnosis each, a few pieces a call. */
export interface PieceSource<Whole> {
  /** Another number once the pieces may be others. */
  revision: number;
  /** `most` pieces from the one with number `first` on; undefined when the data are gone. */
  read(first: number, most: number): Whole | undefined;
}

/** Judges the range step by step; another window is the same revision. */
export type TimelineSource = PieceSource<Timeline>;

/** Judges the replicas of the scope one by one; another window is another revision. */
export type ReplicaSource = PieceSource<ReplicaVerdicts>;

/**
 * What a window is compared with: one that is known by what it is, which the next report may have
 * elsewhere, or one that the reader kept.
 */
export type ComparedWith = 'baseline' | 'previous' | 'next' | Interval;

/** Judges one window of the scope against an earlier one that does not overlap it. */
export interface ComparisonSource {
  /** Another number once the comparison may be another. */
  revision: number;
  /** What the first report of the view is compared with; absent: nothing until the reader asks. */
  first?: ComparedWith | undefined;
  /** The comparison, or a sentence why the data do not allow it. */
  read(before: Interval, after: Interval): Comparison | string;
  /** The same as Markdown. */
  markdown(before: Interval, after: Interval): string;
}

/** Something the host knows to have happened: a deployment, a restart. */
export interface Annotation {
  /** Unix milliseconds. */
  start: number;
  /** Unix milliseconds, after `start`; absent for a moment. */
  end?: number;
  /** What it was, plain text. */
  text: string;
}

/** A way on from the diagnosis, as the host offers it. */
export interface Link {
  title: string;
  /** An address of http or https, or one that is relative to the page. */
  url: string;
}

/** A diagnosis ready to be drawn. */
export interface ReadyState {
  kind: 'ready';
  report: Report;
  /**
   * Values of a column named in `report.columns`, aligned with the column `times`; NaN marks an
   * absent sample.
   */
  column(id: ColumnId): Float64Array | undefined;
  /** Latency by time of a signal with quantiles; absent: the host shows no heat map. */
  heatMap?: HeatMapSource | undefined;
  /** The verdict over time; absent: the host shows none. */
  timeline?: TimelineSource | undefined;
  /** The verdict of each replica; absent: the table of replicas shows none. */
  replicaVerdicts?: ReplicaSource | undefined;
  /** Compares two windows; absent: the host shows no comparison. */
  comparison?: ComparisonSource | undefined;
  /** The replica that is looked at alone; absent: all of them. */
  replica?: string | undefined;
  /** The incident message as Markdown; absent: there is no button that copies it. */
  markdown?: (() => string) | undefined;
  /** Hands the data over as a file, with or without their names; absent: no button saves it. */
  saveCapsule?: ((redact: boolean) => void) | undefined;
  /** Messages of the data source or of the host: failed queries, truncated results. */
  notices: Notice[];
  /** The parts to show, in order. A part this view does not draw is skipped. */
  sections: Section[];
  /** Drawn over the time strips, and listed below them. */
  annotations?: readonly Annotation[];
  /** Offered with the actions. */
  links?: readonly Link[];
}

/** Everything the view can show. */
export type ViewState =
  | { kind: 'loading'; progress?: string; stale?: ReadyState }
  | {
      kind: 'setup';
      message: string;
      queries: { title: string; promql: string }[];
      found: string[];
    }
  | { kind: 'no-data'; message: string; cure?: string }
  /** The browser or a content-security policy refuses WebAssembly. */
  | { kind: 'refused'; reason: string; cure: string }
  | { kind: 'error'; message: string; cure?: string; stale?: ReadyState }
  | ReadyState;

/** How a time is written: `14:32`, `14:32:15`, or with its date. */
export type TimeStyle = 'time' | 'time-seconds' | 'date-time';

/** What the view asks of its host. */
export interface HostServices {
  /** Puts text on the clipboard; rejects when the browser refuses. */
  copy(text: string): Promise<void>;
  /** Tells the reader something in the host's own way. */
  notify(message: string): void;
  /** A time in the host's zone and locale. */
  formatTime(ms: number, style: TimeStyle): string;
  /**
   * The reader brushed another window, or cleared the brush (`undefined`). Called at most once per
   * animation frame.
   */
  changeWindow(window: Interval | undefined): void;
  /** The reader chose another entry of `report.scopes`, by its id. */
  changeScope(id: number): void;
  /**
   * The reader chose one replica to look at alone, by its key, or all of them (`undefined`).
   * Absent: the host offers no choice.
   */
  changeReplica?: ((replica: string | undefined) => void) | undefined;
  /** The reader began, changed or ended (`undefined`) a comparison. */
  changeComparison?: ((compared: ComparedWith | undefined) => void) | undefined;
  /** Sets the host's own time range; the button for it is shown only where a host offers this. */
  zoomTo?: ((window: Interval) => void) | undefined;
  /**
   * The time under the pointer on the strips, for a cursor that other charts of the host share;
   * `undefined` when it leaves.
   */
  hover?(time: number | undefined): void;
  /** The address at which a reader finds this diagnosis again; absent: no button copies it. */
  address?: (() => string) | undefined;
  /** Hands a file over to the reader; absent: nothing is offered as a file. */
  saveFile?: ((name: string, content: Blob) => void) | undefined;
  /** Opens a link in the host's own way. */
  openLink?: ((url: string) => void) | undefined;
}

/** The colours a host may replace. Each is a CSS colour; all have a default in both schemes. */
export type ThemeToken =
  | 'background'
  | 'surface'
  | 'border'
  | 'text'
  | 'text-muted'
  | 'accent'
  | 'on-accent'
  | 'critical'
  | 'critical-soft'
  | 'warning'
  | 'warning-soft'
  | 'ok'
  | 'ok-soft'
  | 'info'
  | 'info-soft'
  | 'unknown'
  | 'unknown-soft'
  | 'objective'
  | 'front-end'
  | 'on-front-end'
  | 'queue'
  | 'on-queue'
  | 'prefill'
  | 'on-prefill'
  | 'decode'
  | 'on-decode'
  | 'kv';

/** How the host looks. */
export interface Theme {
  scheme: 'light' | 'dark';
  highContrast?: boolean;
  tokens: Partial<Record<ThemeToken, string>>;
  fontFamily?: string;
  density?: 'compact' | 'comfortable';
  /** How many times as large everything is drawn; 1 on a desk. */
  scale?: number;
}

/**
 * How a diagnosis is laid out in its container. `tile`: icon, word and one number; `line`: headline
 * and impact; `brief`: also the first action and the bars, the rest behind a row of buttons;
 * `narrow` and `medium`: everything below each other, charts and tables folded; `full`: everything.
 */
export type SizeClass = 'tile' | 'line' | 'brief' | 'narrow' | 'medium' | 'full';
