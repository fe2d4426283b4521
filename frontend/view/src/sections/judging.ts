// Reads what costs a diagnosis each (steps of a range, replicas) a few at a time, so that no frame
// waits for them.

import type { PieceSource } from '../contract.js';

/** Time that the slice of one frame may take: two thirds of it at 60 a second. */
const SLICE_MS = 11;

/** How often what is there already is shown, for ranges that take long. */
const SHOWN_EVERY_MS = 250;

/** How pieces become a whole. */
export interface Joining<Whole> {
  /** Pieces that a part holds. */
  count(part: Whole): number;
  /** Both after each other; the counts are those of the second. */
  join(before: Whole, part: Whole): Whole;
  /** What was read of another source stays until the next is whole; it must still be true. */
  keeps: boolean;
}

/** One whole at a time; a new source replaces the work for the last one. */
export class Judging<Whole extends { all: number }> {
  readonly #joining: Joining<Whole>;
  readonly #changed: () => void;
  readonly #channel = new MessageChannel();
  #source: PieceSource<Whole> | undefined;
  /** What is known of the present source. */
  #found: Whole | undefined;
  /** The last whole one, shown until the next has caught up. */
  #whole: Whole | undefined;
  #shownAt = 0;
  #frame = 0;
  #isGivenUp = false;

  constructor(joining: Joining<Whole>, changed: () => void) {
    this.#joining = joining;
    this.#changed = changed;
    this.#channel.port1.onmessage = (): void => this.#slice();
  }

  /** What to show; while other pieces are judged, those of before. */
  get shown(): Whole | undefined {
    return this.#isGivenUp ? undefined : (this.#whole ?? this.#found);
  }

  /** Whether the present source could not be judged to its end. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Judges another source, unless it is the one of before. */
  follow(source: PieceSource<Whole> | undefined): void {
    const isSame = source?.revision === this.#source?.revision;
    this.#source = source;
    if (isSame) return;
    this.#found = undefined;
    if (!this.#joining.keeps) this.#whole = undefined;
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
      const count = this.#joining.count(part);
      done += count;
      took = performance.now() - began;
      if (this.#isWhole()) return this.#give(this.#found);
      if (count === 0 && done > 0) return this.#give(undefined);
    } while (took < SLICE_MS);
    this.#showSome(began);
    this.#next();
  }

  /** As many pieces as the rest of the slice has time for, as far as that is known. */
  #read(source: PieceSource<Whole>, took: number, done: number): Whole | undefined {
    const first = this.#found ? this.#joining.count(this.#found) : 0;
    const most = done === 0 ? 1 : Math.floor(((SLICE_MS - took) * done) / Math.max(took, 0.1));
    let part;
    try {
      part = source.read(first, Math.max(1, most));
    } catch {
      return undefined;
    }
    if (part === undefined) return undefined;
    this.#found = this.#found ? this.#joining.join(this.#found, part) : part;
    return part;
  }

  #isWhole(): boolean {
    return this.#found !== undefined && this.#joining.count(this.#found) >= this.#found.all;
  }

  #give(whole: Whole | undefined): void {
    this.#whole = whole;
    this.#isGivenUp = whole === undefined;
    this.#changed();
  }

  #showSome(now: number): void {
    if (this.#whole !== undefined || now - this.#shownAt < SHOWN_EVERY_MS) return;
    this.#shownAt = now;
    this.#changed();
  }
}
