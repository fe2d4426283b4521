// What a view remembers of a comparison: whether there is one, with which window, and its answer.

import { nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { ComparedWith, ComparisonSource, Interval } from '../../contract.js';
import type { Comparison, Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { comparisonSection } from './comparison-section.js';
import { KINDS, inOrder, otherWindow } from './windows.js';

/** The comparison of one view. */
export class ComparisonPanel {
  readonly #chosen: (other: ComparedWith | undefined) => void;
  #source: ComparisonSource | undefined;
  /** Undefined: nothing is compared. */
  #other: ComparedWith | undefined;
  #asked = '';
  #answer: Comparison | string = '';

  /** `chosen` tells the host and paints. */
  constructor(chosen: (other: ComparedWith | undefined) => void) {
    this.#chosen = chosen;
  }

  /** Whether the host can compare. */
  get isOffered(): boolean {
    return this.#source !== undefined;
  }

  /** Whether the reader compares. */
  get isOpen(): boolean {
    return this.isOffered && this.#other !== undefined;
  }

  /** Takes over what a host offers with a report. */
  read(source: ComparisonSource | undefined): void {
    if (this.#source === undefined) this.#other = source?.first;
    this.#source = source;
  }

  /** Begins with the first window that there is, or ends the comparison. */
  toggle(report: Report): void {
    const first = KINDS.find((kind) => otherWindow(kind, report));
    this.#choose(this.isOpen ? undefined : (first ?? report.window));
  }

  /** The other window, to be drawn beside the reader's own. */
  other(report: Report): Interval | undefined {
    return this.isOpen && this.#other !== undefined ? otherWindow(this.#other, report) : undefined;
  }

  /** The section; nothing while nothing is compared. */
  template(scene: Scene): TemplateResult | typeof nothing {
    const { report } = scene;
    if (!this.isOpen || this.#other === undefined) return nothing;
    const place = otherWindow(this.#other, report);
    const windows = place && inOrder(place, report.window);
    const [before, after] = windows ?? [];
    return comparisonSection(scene, {
      chosen: this.#other,
      offered: KINDS.filter((kind) => otherWindow(kind, report)),
      windows,
      answer: before && after ? this.#read(before, after) : whyNot(this.#other, place),
      choose: (other) => this.#choose(other),
      markdown: () => (before && after ? (this.#source?.markdown(before, after) ?? '') : ''),
    });
  }

  /** A drawing is no new question: the answer stays as long as data and windows do. */
  #read(before: Interval, after: Interval): Comparison | string {
    const asked = JSON.stringify([this.#source?.revision, before, after]);
    if (asked !== this.#asked) this.#answer = this.#source?.read(before, after) ?? '';
    this.#asked = asked;
    return this.#answer;
  }

  #choose(other: ComparedWith | undefined): void {
    this.#other = other;
    this.#chosen(other);
  }
}

function whyNot(other: ComparedWith, place: Interval | undefined): string {
  if (typeof other !== 'string')
    return 'This window is kept. Pick another one that does not overlap it: drag over the charts, move the window with the arrow keys, or click a run of the verdict.';
  return place ? '' : 'The loaded range holds no such window now. Choose another one.';
}
