// Judges the steps of a range a few at a time, so that no frame waits for them.

import type { TimelineSource } from '../../contract.js';
import type { Timeline } from '../../report-types.js';

/** Time that the slice of one frame may take: two thirds of it at 60 a second. */
const SLICE_MS = 11;

/** How often what is there already is shown, for ranges that take long. */
const SHOWN_EVERY_MS = 250;

/** One timeline at a time; a new source replaces the work for the last one. */
export class Judging {
  readonly #changed: () => void;
  readonly #channel = new MessageChannel();
  #source: TimelineSource | undefined;
  /** What is known of the present source. */
  #found: Timeline | undefined;
  /** The last whole one, shown until the next has caught up. */
  #whole: Timeline | undefined;
  #shownAt = 0;
  #frame = 0;
  #isGivenUp = false;

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#channel.port1.onmessage = (): void => this.#slice();
  }

  /** The steps to show; while others are judged, those of before. */
  get timeline(): Timeline | undefined {
    return this.#isGivenUp ? undefined : (this.#whole ?? this.#found);
  }

  /** Whether the present source could not be judged to its end. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Judges another source, unless it is the one of before. */
  follow(source: TimelineSource | undefined): void {
    const isSame = source?.revision === this.#source?.revision;
    this.#source = source;
    if (isSame) return;
    this.#found = undefined;
    this.#isGivenUp = false;
    if (source === undefined) this.#whole = undefined;
    else this.#next();
  }

  /** Stops all work. */
  stop(): void {
    this.#source = undefined;
    cancelAnimationFrame(this.#frame);
    this.#channel.port1.close();
  }

  /** One slice a frame, behind its painting: messages alone can keep a page from painting. */
  #next(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#channel.port2.postMessage(undefined));
  }

  #slice(): void {
    const source = this.#source;
    if (source === undefined) return;
    const began = performance.now();
    let [took, done] = [0, 0];
    do {
      const part = this.#read(source, took, done);
      if (part === undefined) return this.#give(undefined);
      done += part.steps.length;
      took = performance.now() - began;
      if (this.#isWhole()) return this.#give(this.#found);
      if (part.steps.length === 0 && done > 0) return this.#give(undefined);
    } while (took < SLICE_MS);
    this.#showSome(began);
    this.#next();
  }

  /** As many steps as the rest of the slice has time for, as far as that is known. */
  #read(source: TimelineSource, took: number, done: number): Timeline | undefined {
    const first = this.#found?.steps.length ?? 0;
    const most = done === 0 ? 1 : Math.floor(((SLICE_MS - took) * done) / Math.max(took, 0.1));
    let part;
    try {
      part = source.read(first, Math.max(1, most));
    } catch {
      return undefined;
    }
    if (part === undefined) return undefined;
    this.#found = { ...part, steps: [...(this.#found?.steps ?? []), ...part.steps] };
    return part;
  }

  #isWhole(): boolean {
    return this.#found !== undefined && this.#found.steps.length >= this.#found.all;
  }

  #give(timeline: Timeline | undefined): void {
    this.#whole = timeline;
    this.#isGivenUp = timeline === undefined;
    this.#changed();
  }

  #showSome(now: number): void {
    if (this.#whole !== undefined || now - this.#shownAt < SHOWN_EVERY_MS) return;
    this.#shownAt = now;
    this.#changed();
  }
}
