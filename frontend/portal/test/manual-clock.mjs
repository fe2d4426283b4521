/** A clock that stands still until a test moves it. */
export class ManualClock {
  #now;
  #timers = [];
  /** Every delay that was asked for, milliseconds. */
  delays = [];

  constructor(now = 1_780_000_000_000) {
    this.#now = now;
  }

  now() {
    return this.#now;
  }

  after(ms, action) {
    const timer = { at: this.#now + ms, action };
    this.#timers.push(timer);
    this.delays.push(ms);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that still wait, milliseconds from now. */
  get waiting() {
    return this.#timers.map((timer) => timer.at - this.#now).sort((a, b) => a - b);
  }

  /** Moves on and runs what is due, in order; lets everything that follows from it happen. */
  async advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

/** Lets pending promises and replies of loopback servers arrive. */
export async function settled() {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until `condition()` holds; fails after five seconds. */
export async function until(condition, what = 'the condition') {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
