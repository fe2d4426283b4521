// Tells readers of the screen when the answer changes, once it has settled.

/** A brush changes the verdict many times a second; only the one it comes to rest on is spoken. */
const SETTLE_MS = 700;

/** A polite live region; silent about the first verdict, which is read with the page. */
export class Announcer {
  readonly #region: HTMLElement;
  #last: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement) {
    this.#region = document.createElement('div');
    this.#region.className = 'visually-hidden';
    this.#region.setAttribute('role', 'status');
    this.#region.setAttribute('aria-live', 'polite');
    root.append(this.#region);
  }

  /** The state in one sentence; the same sentence again says nothing. */
  say(sentence: string): void {
    const first = this.#last === undefined;
    if (sentence === this.#last) return;
    this.#last = sentence;
    clearTimeout(this.#timer);
    if (first) return;
    this.#timer = setTimeout(() => {
      this.#region.textContent = sentence;
    }, SETTLE_MS);
  }

  /** Forgets what was about to be said. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
