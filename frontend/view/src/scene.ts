// Everything one drawing of a report needs.

import type { HostServices, ReadyState, SizeClass } from './contract.js';
import type { Report, Section } from './report-types.js';

/** What a part of the view is drawn from. */
export interface Scene {
  ready: ReadyState;
  report: Report;
  services: HostServices;
  size: SizeClass;
  /** The quantile the matrix shows, in [0, 1]. */
  quantile: number;
  chooseQuantile(q: number): void;
  /** Saves the panel as a picture; absent: the host saves no files. */
  savePicture?: (() => void) | undefined;
  /** Whether the reader opened or closed a folded part; `undefined` while untouched. */
  isOpen(id: Section): boolean | undefined;
  /** Opens or closes a folded part. */
  fold(id: Section, open: boolean): void;
}
