import { EngineError, fromModule } from './error.js';
import type { Glue, Handle } from './glue.js';

/**
 * Once nothing is loaded, an instance with more memory than this is replaced: wasm memory never
 * shrinks, and a fresh instance costs about a millisecond. Far above what the report of a small
 * fleet needs, so that a page which opens and closes panels does not pay it each time.
 */
const idleMemoryLimit = 32 * 1024 * 1024;

/** The generation of a lease whose handle must not be used. */
const abandoned = -1;

/** A place for one handle. It outlives the instance that the handle belongs to. */
export interface Lease {
  handle: Handle | undefined;
  /** The generation of the instance that made the handle. */
  generation: number;
}

/**
 * The page's one instance of the wasm module.
 *
 * A trap leaves an instance in an unknown state, so the first one replaces it: `generation` counts
 * up, every handle made before is dead, and each session makes itself a new one when it is next
 * called.
 */
export class Instance {
  readonly #glue: Glue;
  #generation = 0;
  #leases = 0;
  #dead: EngineError | undefined;

  private constructor(glue: Glue) {
    this.#glue = glue;
  }

  static async start(glue: Glue, module: WebAssembly.Module): Promise<Instance> {
    await glue.start(module);
    return new Instance(glue);
  }

  get generation(): number {
    return this.#generation;
  }

  /** Bytes of wasm memory that the page holds for all sessions together. */
  get memoryBytes(): number {
    return this.run(() => this.#glue.memoryBytes());
  }

  lease(): Lease {
    const lease = {
      handle: this.run(() => this.#glue.openSession()),
      generation: this.#generation,
    };
    this.#leases += 1;
    return lease;
  }

  /** Gives a lease from before a trap a handle of the present instance, without data. */
  renew(lease: Lease): void {
    lease.handle = this.run(() => this.#glue.openSession());
    lease.generation = this.#generation;
  }

  /** Frees what a lease holds but keeps its place; it has to be renewed before it is used again. */
  abandon(lease: Lease): void {
    const { handle, generation } = lease;
    lease.generation = abandoned;
    if (!handle || generation !== this.#generation) return;
    try {
      this.run(() => handle.free());
    } catch {
      // A trap replaced the instance, which frees everything.
    }
  }

  /** Ends a lease and gives its memory back. A second time it does nothing. */
  release(lease: Lease): void {
    if (!lease.handle) return;
    this.abandon(lease);
    lease.handle = undefined;
    this.#leases -= 1;
    if (this.#leases === 0 && !this.#dead && this.memoryBytes > idleMemoryLimit) this.#replace();
  }

  /** Calls into the module. An error of the module comes out as it is; anything else is a trap. */
  run<T>(call: () => T): T {
    if (this.#dead) throw this.#dead;
    try {
      return call();
    } catch (thrown) {
      throw fromModule(thrown) ?? this.#recover(thrown);
    }
  }

  #recover(thrown: unknown): EngineError {
    this.#replace();
    const advice = 'the next call starts it afresh; please report this';
    const message = `the engine stopped on a bug (${said(thrown)}); ${advice}`;
    return this.#dead ?? new EngineError('trap', message, { cause: thrown });
  }

  #replace(): void {
    this.#generation += 1;
    try {
      this.#glue.reset();
    } catch (cause) {
      const advice = 'reload the page';
      this.#dead = new EngineError(
        'trap',
        `the engine stopped and could not be started again; ${advice}`,
        { cause },
      );
    }
  }
}

/**
 * What the browser says of a trap, and the function of the module in which it happened, by its
 * number.
 */
function said(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const place = /wasm-function\[\d+\]/.exec(thrown.stack ?? '');
  return place ? `${thrown.message} in ${place[0]}` : thrown.message;
}
