import { delayBefore, refreshBackOff, type BackOff } from './back-off.js';
import { systemClock, type Clock } from './clock.js';

/** Whether anybody can see the page. */
export interface Visibility {
  isHidden(): boolean;
  /** Tells of every change; the returned function stops that. */
  onChange(action: () => void): () => void;
}

/** The visibility of the page. */
export const pageVisibility: Visibility = {
  isHidden: () => document.visibilityState === 'hidden',
  onChange(action) {
    document.addEventListener('visibilitychange', action);
    return () => document.removeEventListener('visibilitychange', action);
  },
};

/** The outcome of a refresh as far as the schedule cares. */
export type RefreshOutcome = { isGood: true } | { isGood: false; retryAfter?: number };

/** When to refresh. */
export interface LoopOptions {
  /** Pause between the end of a good refresh and the next one, milliseconds. */
  interval: number;
  clock?: Clock;
  visibility?: Visibility;
  backOff?: BackOff;
}

/**
 * Refreshes again and again, one at a time. After a failure it waits longer each time; while the
 * page is hidden it waits until it is seen again and then catches up at once.
 */
export class RefreshLoop {
  readonly #refresh: () => Promise<RefreshOutcome>;
  readonly #interval: number;
  readonly #clock: Clock;
  readonly #visibility: Visibility;
  readonly #backOff: BackOff;
  #failures = 0;
  #isStopped = true;
  #isDue = false;
  #cancelTimer: () => void = () => {};
  #unsubscribe: () => void = () => {};

  constructor(refresh: () => Promise<RefreshOutcome>, options: LoopOptions) {
    this.#refresh = refresh;
    this.#interval = options.interval;
    this.#clock = options.clock ?? systemClock;
    this.#visibility = options.visibility ?? pageVisibility;
    this.#backOff = options.backOff ?? refreshBackOff;
  }

  /** Starts waiting; `outcome` is that of the refresh made before. */
  start(outcome: RefreshOutcome): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#unsubscribe = this.#visibility.onChange(() => {
      if (this.#isDue && !this.#visibility.isHidden()) void this.#run();
    });
    this.#wait(outcome);
  }

  /** Stops; a refresh under way is the caller's to cancel. */
  stop(): void {
    this.#isStopped = true;
    this.#isDue = false;
    this.#cancelTimer();
    this.#unsubscribe();
  }

  #wait(outcome: RefreshOutcome): void {
    this.#cancelTimer = this.#clock.after(this.#delay(outcome), () => {
      this.#isDue = true;
      if (!this.#visibility.isHidden()) void this.#run();
    });
  }

  #delay(outcome: RefreshOutcome): number {
    this.#failures = outcome.isGood ? 0 : this.#failures + 1;
    if (outcome.isGood) return this.#interval;
    return Math.max(delayBefore(this.#failures, this.#backOff), outcome.retryAfter ?? 0);
  }

  async #run(): Promise<void> {
    this.#isDue = false;
    const outcome = await this.#refresh();
    if (!this.#isStopped) this.#wait(outcome);
  }
}
