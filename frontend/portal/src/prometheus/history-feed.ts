import type { PrometheusClient } from './client.js';
import { QueryFailure } from './failure.js';
import type { FeedResult, Planner } from './feed.js';
import { fetchPlan } from './fetch-plan.js';
import { holds, type Grid } from './grid.js';
import { planRange } from './watched-plan.js';

/** Takes the history; a session implements it. */
export interface HistoryTarget {
  /** Replaces the history. */
  load(input: { responses: Uint8Array[] }): void;
  clear(): void;
}

/**
 * The history that a range needs, with `ahead` milliseconds more behind it than it needs now;
 * undefined when it needs none.
 */
export type HistoryRange = (detail: Grid, ahead: number) => Grid | undefined;

/**
 * An earlier baseline moves on with the range. An hour more of it, which a server has long had,
 * saves asking with every refresh; a day more would cost as much as the range itself.
 */
const AHEAD = 3_600_000;

/** After a failure the past is asked for again no sooner than this: it seldom changes. */
const RETRY_PAUSE = 300_000;

/**
 * Keeps a target's history fit for the range that is diagnosed, with as few fetches as that takes.
 */
export class HistoryFeed {
  readonly #client: PrometheusClient;
  readonly #planner: Planner;
  readonly #target: HistoryTarget;
  readonly #rangeOf: HistoryRange;
  #loaded: Grid | undefined;
  #failed: { needed: Grid; until: number } | undefined;
  #problems: string[] = [];
  #abort = new AbortController();

  constructor(
    client: PrometheusClient,
    planner: Planner,
    target: HistoryTarget,
    rangeOf: HistoryRange,
  ) {
    this.#client = client;
    this.#planner = planner;
    this.#target = target;
    this.#rangeOf = rangeOf;
  }

  /** What the diagnosis must do without, a sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Whether {@link follow} would change anything. */
  isDue(detail: Grid): boolean {
    const needed = this.#rangeOf(detail, 0);
    if (needed === undefined) return this.#loaded !== undefined || this.#problems.length > 0;
    if (this.#loaded !== undefined && holds(this.#loaded, needed)) return false;
    const failed = this.#failed;
    if (failed === undefined || this.#client.clock.now() >= failed.until) return true;
    // Other settings need another past, which may well be there.
    const moved = Math.abs(failed.needed.start - needed.start);
    return failed.needed.step !== needed.step || moved > RETRY_PAUSE + needed.step;
  }

  /**
   * Fetches the history where the one that is loaded does not hold what the range needs, and gives
   * up one that is not needed. What fails is a problem, not an error: the diagnosis goes on without
   * it. Rejects only when cancelled.
   */
  async follow({ grid, names }: Pick<FeedResult, 'grid' | 'names'>): Promise<void> {
    if (!this.isDue(grid)) return;
    const needed = this.#rangeOf(grid, 0);
    const wanted = this.#rangeOf(grid, AHEAD);
    this.#problems = [];
    this.#failed = undefined;
    if (needed === undefined || wanted === undefined) {
      this.clear();
      return;
    }
    const signal = this.#abort.signal;
    try {
      const plan = await planRange(this.#client, this.#planner, wanted, names, signal);
      const queries = plan.queries.map((query) => ({ ...query, grid: wanted }));
      const answers = await fetchPlan(this.#client, queries, signal);
      this.#target.load({ responses: [...answers.responses.values()] });
      this.#loaded = wanted;
      this.#problems = queries.flatMap(({ role, promql }) => {
        const failure = answers.failures.get(promql);
        return failure === undefined
          ? []
          : [`The query for ${role} of the history failed: ${failure.message}.`];
      });
    } catch (error) {
      if (signal.aborted) throw new QueryFailure('cancelled', 'the request was cancelled');
      const reason = error instanceof Error ? error.message : String(error);
      // What is loaded stays: most of it is still what the range needs.
      this.#problems = [
        `The history could not be read, and its baseline may be missing: ${reason}.`,
      ];
      this.#failed = { needed, until: this.#client.clock.now() + RETRY_PAUSE };
    }
  }

  /** Gives the history up. */
  clear(): void {
    if (this.#loaded === undefined) return;
    this.#loaded = undefined;
    this.#target.clear();
  }

  /** Ends a running fetch and every later one. */
  cancel(): void {
    this.#abort.abort();
  }
}
