// What the time strips show besides the report.

import type { nothing, TemplateResult } from 'lit-html';

import type { Columns } from '../../charts/columns.js';
import type { Strip } from '../../charts/strip-data.js';
import type { Interval } from '../../contract.js';
import type { BrushGesture } from './brush-gesture.js';

/** The comparison with another window, below the strips. */
export interface StripComparison {
  isOffered: boolean;
  isOpen: boolean;
  /** The other window. */
  other: Interval | undefined;
  section: TemplateResult | typeof nothing;
  toggle(): void;
}

/** What the strips show besides the report. */
export interface StripView {
  strips: Strip[];
  columns: Columns;
  /** The window as it is being dragged, ahead of its report. */
  window: Interval;
  /** Whether the window is the reader's own. */
  brushed: boolean;
  /** Sample under the shared cursor. */
  cursor: number | undefined;
  gesture: BrushGesture;
  /** The verdict by step, above them. */
  timeline: TemplateResult | typeof nothing;
  clear(): void;
  comparison: StripComparison;
}
