import type { Engine, Notice, PartialSettings, Plan, Session } from '@inference-triage/engine';
import type { PanelData } from '@inference-triage/panel';
import type { ServerSource } from './configuration.js';
import { PrometheusClient, type ClientOptions } from './prometheus/client.js';
import { QueryFailure } from './prometheus/failure.js';
import {
  PrometheusFeed,
  type FeedResult,
  type FeedTarget,
  type Planner,
} from './prometheus/feed.js';
import type { Grid } from './prometheus/grid.js';
import { HistoryFeed, type HistoryTarget } from './prometheus/history-feed.js';
import { RefreshLoop, type RefreshOutcome } from './prometheus/refresh-loop.js';

/** Where a panel's data come from. */
export type PanelSource =
  | { kind: 'none' }
  | { kind: 'data'; data: PanelData | PromiseLike<PanelData> }
  | {
      kind: 'server';
      server: ServerSource;
      client: Pick<ClientOptions, 'headers' | 'fetch' | 'memoryBudget'>;
    };

/** What a feed tells its panel. */
export interface FeedEvents {
  progress(done: number, total: number): void;
  /** The session has new data. */
  fresh(notices: Notice[]): void;
  problem(error: unknown): void;
}

/** Keeps one session up to date from one server. */
export class ServerFeed {
  readonly #planner: ServerPlanner;
  readonly #feed: PrometheusFeed;
  readonly #history: HistoryFeed;
  readonly #loop: RefreshLoop | undefined;
  readonly #events: FeedEvents;
  #running: Promise<RefreshOutcome> | undefined;
  #latest: FeedResult | undefined;
  #isStopped = false;

  /**
   * `settings` tells those in force, which decide whether a history is needed. Throws when the
   * address, the match or the engine cannot be used.
   */
  constructor(
    engine: Engine,
    session: Session,
    source: Extract<PanelSource, { kind: 'server' }>,
    settings: () => PartialSettings,
    events: FeedEvents,
  ) {
    const { server } = source;
    this.#events = events;
    const client = new PrometheusClient({
      url: server.url,
      credentials: server.credentials,
      timeout: server.timeout,
      ...source.client,
    });
    this.#planner = new ServerPlanner(engine, server);
    this.#feed = new PrometheusFeed(client, this.#planner, targetOf(session), {
      range: server.range,
      ...(server.end === undefined ? {} : { end: server.end }),
    });
    const rangeOf = (detail: Grid, ahead: number): Grid | undefined => {
      try {
        return engine.historyRange(settings(), detail, { ahead });
      } catch {
        // Settings that the engine refuses are told with the report.
        return undefined;
      }
    };
    this.#history = new HistoryFeed(client, this.#planner, historyTargetOf(session), rangeOf);
    this.#loop =
      server.refresh === undefined
        ? undefined
        : new RefreshLoop(() => this.#refresh(), { interval: server.refresh });
  }

  /** First load, then refreshes as often as asked for. */
  async start(): Promise<void> {
    const outcome = await this.#refresh();
    if (!this.#isStopped) this.#loop?.start(outcome);
  }

  /** One refresh now; calls during a refresh share it. */
  async refresh(): Promise<void> {
    await this.#refresh();
  }

  /** Fetches the history that changed settings need; nothing is asked for otherwise. */
  async followSettings(): Promise<void> {
    await this.#running;
    if (this.#isStopped || this.#latest === undefined) return;
    if (!this.#history.isDue(this.#latest.grid)) return;
    await this.#share(() => this.#finish());
  }

  stop(): void {
    this.#isStopped = true;
    this.#loop?.stop();
    this.#feed.cancel();
    this.#history.cancel();
    try {
      this.#history.clear();
    } catch {
      // An engine that cannot be called holds no history either.
    }
  }

  #refresh(): Promise<RefreshOutcome> {
    return this.#share(async () => {
      const report = (done: number, total: number): void => this.#events.progress(done, total);
      this.#latest = await this.#feed.refresh(report);
      await this.#finish();
    });
  }

  /** Work that a call during it waits for instead of starting its own. */
  #share(work: () => Promise<void>): Promise<RefreshOutcome> {
    this.#running ??= this.#outcomeOf(work).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #outcomeOf(work: () => Promise<void>): Promise<RefreshOutcome> {
    try {
      await work();
      return { isGood: true };
    } catch (error) {
      this.#events.problem(error);
      const retryAfter = error instanceof QueryFailure ? error.retryAfter : undefined;
      return { isGood: false, ...(retryAfter === undefined ? {} : { retryAfter }) };
    }
  }

  /** The history that the newest data need, then word that all is there. */
  async #finish(): Promise<void> {
    const latest = this.#latest;
    if (latest === undefined) return;
    await this.#history.follow(latest);
    const problems = this.#history.problems.map((text): Notice => ({ level: 'warning', text }));
    this.#events.fresh([...noticesOf(latest), ...problems, ...this.#planner.notices]);
  }
}

function historyTargetOf(session: Session): HistoryTarget {
  return {
    load: (input) => session.loadHistory(input),
    clear: () => session.clearHistory(),
  };
}

function targetOf(session: Session): FeedTarget {
  return {
    load: (input) => session.load(input),
    append: (input) => session.append(input),
    span() {
      const times = session.column(0, 'times') ?? new Float64Array();
      return (times.at(-1) ?? 0) - (times[0] ?? 0);
    },
  };
}

/** A plan is for one prefix: the given one, or the one that most series have. */
class ServerPlanner implements Planner {
  readonly #engine: Engine;
  readonly #server: ServerSource;
  #notice: Notice | undefined;

  constructor(engine: Engine, server: ServerSource) {
    this.#engine = engine;
    this.#server = server;
  }

  /** What the plan leaves out, which must not be missing in silence. */
  get notices(): readonly Notice[] {
    return this.#notice === undefined ? [] : [this.#notice];
  }

  probe(): string {
    return this.#plan(1_000, this.#server.prefix).probe;
  }

  plan(
    step: number,
    names: readonly string[],
    apart?: readonly string[],
    namespaces?: readonly string[],
  ): Plan {
    const found = [...new Set(names.flatMap((name) => this.#engine.prefixOfName(name) ?? []))];
    const prefix = this.#server.prefix ?? found[0];
    const others = found.filter((other) => other !== prefix);
    this.#notice =
      others.length === 0
        ? undefined
        : {
            level: 'info',
            text: `Only metrics that begin with ${prefix} are asked for; there are also some that begin with ${others.join(', ')}, which the attribute prefix selects.`,
          };
    return this.#plan(step, prefix, apart, namespaces);
  }

  #plan(
    stepMs: number,
    prefix: string | undefined,
    apart?: readonly string[],
    namespaces?: readonly string[],
  ): Plan {
    const { matchers, grouping } = this.#server;
    const engine = this.#server.engine ?? this.#engine.servingEngines[0].id;
    return this.#engine.plan(engine, { stepMs, matchers, grouping, prefix, apart, namespaces });
  }
}

function noticesOf(result: FeedResult): Notice[] {
  return result.failures.map(({ role, promql, failure }) => ({
    level: 'warning',
    text: `The query for ${role} failed: ${failure.message}.`,
    query: promql,
  }));
}
