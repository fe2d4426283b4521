import type { PrometheusClient } from './client.js';
import { fetchPlan, type PlannedFetch } from './fetch-plan.js';
import { QueryFailure } from './failure.js';
import { gridUpTo, stepOf, tailOf, type Grid } from './grid.js';
import { DEFAULT_SCRAPE_INTERVAL, probe } from './probe.js';
import { instancesOf } from './watch.js';
import { planRange } from './watched-plan.js';

/** Makes the queries; `@inference-triage/engine` has what it takes. */
export interface Planner {
  /** A range selector of one gauge, for an instant query. */
  probe(): string;
  /**
   * The queries for that step in milliseconds; `names` are the metrics that the probe found,
   * `apart` the instances that the watch named. Without the latter the queries must do without a
   * watch. `namespaces` are those of the engines.
   */
  plan(
    step: number,
    names: readonly string[],
    apart?: readonly string[],
    namespaces?: readonly string[],
  ): FeedPlan;
}

/** What a planner makes. */
export interface FeedPlan {
  /**
   * Names the instances that the queries must keep apart and do not yet; absent or empty: there is
   * none to ask for.
   */
  watch?: string;
  queries: readonly { role: string; promql: string }[];
}

/** Takes the answers; a session implements it. */
export interface FeedTarget {
  /** Replaces the data. */
  load(input: { responses: Uint8Array[] }): void;
  /** Adds to the data; overlapping samples are replaced. */
  append(input: { responses: Uint8Array[] }): void;
  /** Distance of the first and the last sample time, milliseconds. */
  span(): number;
}

/** What is fetched. */
export interface FeedOptions {
  /** Length of the range, milliseconds. */
  range: number;
  /** Fixed end of the range, Unix milliseconds; absent: the server's present. */
  end?: number;
}

/** What a refresh brought. */
export interface FeedResult {
  /** `range`: everything was replaced; `tail`: the newest part was added. */
  fetched: 'range' | 'tail';
  grid: Grid;
  /** Names of the metrics that the probe found, as a planner takes them. */
  names: readonly string[];
  /** Queries that failed while others were answered. */
  failures: { role: string; promql: string; failure: QueryFailure }[];
}

interface Loaded {
  grid: Grid;
  /** Length of what came, milliseconds: less than was asked for where the engine is younger. */
  span: number;
  /** Per query, the last time that was fetched. */
  complete: Map<string, number>;
}

/** The loaded range may grow by this share before it is fetched again. */
const SLACK = 0.25;

/**
 * A target keeps as much of the past as it was first given. Of an engine younger than the range
 * that is too little, so the range is fetched again: with every refresh while there are few steps,
 * later when what would be lost is this share.
 */
const YOUNG_SLACK = 0.1;
const FEW_STEPS = 60;

/** A tail longer than this share of the range costs as much as the range. */
const LONGEST_TAIL = 0.5;

/**
 * Keeps a target up to date: the whole range first, then only its tail. Refreshes never overlap: a
 * call during a refresh gets the running one.
 */
export class PrometheusFeed {
  readonly #client: PrometheusClient;
  readonly #planner: Planner;
  readonly #target: FeedTarget;
  readonly #options: FeedOptions;
  #plan: FeedPlan = { queries: [] };
  #names: readonly string[] = [];
  #namespaces: readonly string[] = [];
  #isProbeDue = true;
  #step = 0;
  #loaded: Loaded | undefined;
  #partialLoads = 0;
  #refreshesToRange = 0;
  #running: Promise<FeedResult> | undefined;
  #abort = new AbortController();

  constructor(
    client: PrometheusClient,
    planner: Planner,
    target: FeedTarget,
    options: FeedOptions,
  ) {
    this.#client = client;
    this.#planner = planner;
    this.#target = target;
    this.#options = options;
  }

  /**
   * Fetches what is missing. Rejects with a `QueryFailure`, or with the target's error; the data
   * stay as they were.
   */
  refresh(onProgress?: (done: number, total: number) => void): Promise<FeedResult> {
    this.#running ??= this.#refresh(onProgress).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends a running refresh and every later one. */
  cancel(): void {
    this.#abort.abort();
  }

  async #refresh(onProgress?: (done: number, total: number) => void): Promise<FeedResult> {
    const signal = this.#abort.signal;
    if (this.#isProbeDue) await this.#prepare(signal);
    const now = this.#options.end ?? this.#client.serverNow();
    const grid = gridUpTo(now, this.#options.range, this.#step);
    const tail = this.#tailQueries(grid);
    const queries = tail ?? (await this.#rangeQueries(grid, signal));
    const answers = await fetchPlan(this.#client, queries, signal, onProgress);
    if (signal.aborted) throw new QueryFailure('cancelled', 'the request was cancelled');
    const answered = [...answers.responses.keys()];
    const { watch = '' } = this.#plan;
    const watched = answers.responses.get(watch);
    if (watched !== undefined && instancesOf(watched).length > 0) {
      this.#loaded = undefined;
      return this.#refresh(onProgress);
    }
    answers.responses.delete(watch);
    this.#hand([...answers.responses.values()], tail === undefined);
    if (tail === undefined && watch) answered.push(watch);
    this.#remember(grid, answered, tail === undefined);
    const failures = queries.flatMap(({ role, promql }) => {
      const failure = answers.failures.get(promql);
      return failure === undefined ? [] : [{ role, promql, failure }];
    });
    if (tail === undefined) this.#planNextRange(failures.length > 0);
    const fetched = tail === undefined ? 'range' : 'tail';
    return { fetched, grid, names: this.#names, failures };
  }

  async #rangeQueries(grid: Grid, signal: AbortSignal): Promise<PlannedFetch[]> {
    const [client, planner, namespaces] = [this.#client, this.#planner, this.#namespaces];
    this.#plan = await planRange(client, planner, grid, this.#names, signal, namespaces);
    return this.#plan.queries.map((query) => ({ ...query, grid }));
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    const found = await probe(this.#client, this.#planner.probe(), this.#options.end, signal);
    // Without any series the interval is a guess: the next refresh asks again.
    this.#isProbeDue = found.scrapeInterval === undefined;
    const step = stepOf(this.#options.range, found.scrapeInterval ?? DEFAULT_SCRAPE_INTERVAL);
    const isNamed = this.#names.length > 0 || found.names.length === 0;
    if (step === this.#step && isNamed) return;
    this.#step = step;
    this.#names = found.names;
    this.#namespaces = found.namespaces;
    this.#loaded = undefined;
  }

  #hand(responses: Uint8Array[], isRange: boolean): void {
    try {
      if (isRange) this.#target.load({ responses });
      else this.#target.append({ responses });
    } catch (error) {
      // What a target does not take as a tail, e.g. because it grew too large, it may take as a
      // whole.
      this.#loaded = undefined;
      throw error;
    }
  }

  /** The newest part of every query, or undefined when the whole range is due. */
  #tailQueries(grid: Grid): PlannedFetch[] | undefined {
    const loaded = this.#loaded;
    if (loaded === undefined || this.#isRangeDue(loaded, grid)) return undefined;
    const { watch, queries } = this.#plan;
    // Last, so that it sees what the others saw; what slips through is seen by the next one, which
    // starts a step earlier.
    const all = watch ? [...queries, { role: 'watch', promql: watch }] : queries;
    return all.flatMap((query) => {
      const complete = loaded.complete.get(query.promql);
      return complete === undefined ? [] : [{ ...query, grid: tailOf(grid, complete) }];
    });
  }

  #isRangeDue(loaded: Loaded, grid: Grid): boolean {
    if (this.#partialLoads > 0 && --this.#refreshesToRange <= 0) return true;
    const oldest = Math.min(...loaded.complete.values());
    return (
      grid.end - loaded.grid.end > this.#slackOf(loaded) ||
      grid.end - oldest > this.#options.range * LONGEST_TAIL
    );
  }

  #slackOf({ span, grid }: Loaded): number {
    const isYoung = span + 2 * grid.step < this.#options.range;
    if (isYoung) return span < FEW_STEPS * grid.step ? 0 : span * YOUNG_SLACK;
    return Math.max(this.#options.range * SLACK, 20 * grid.step);
  }

  #remember(grid: Grid, answered: readonly string[], isRange: boolean): void {
    if (isRange || this.#loaded === undefined) {
      this.#loaded = { grid, span: this.#target.span(), complete: new Map() };
    }
    for (const promql of answered) this.#loaded.complete.set(promql, grid.end);
  }

  /**
   * Queries that have never been answered are tried again with the whole range: after 1, 2, 4 …
   * refreshes.
   */
  #planNextRange(isPartial: boolean): void {
    this.#partialLoads = isPartial ? this.#partialLoads + 1 : 0;
    this.#refreshesToRange = 2 ** Math.min(this.#partialLoads - 1, 10);
  }
}
