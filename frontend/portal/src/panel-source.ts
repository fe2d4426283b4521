import type { Engine, Notice, Session } from '@inference-triage/engine';
import type { ServerSource } from './configuration.js';
import type { PanelData } from './panel-data.js';
import { PrometheusClient, type ClientOptions } from './prometheus/client.js';
import { QueryFailure } from './prometheus/failure.js';
import { PrometheusFeed, type FeedResult } from './prometheus/feed.js';
import { RefreshLoop, type RefreshOutcome } from './prometheus/refresh-loop.js';

/** Where a panel's data come from. */
export type PanelSource =
  | { kind: 'none' }
  | { kind: 'data'; data: PanelData | PromiseLike<PanelData> }
  | { kind: 'server'; server: ServerSource; client: Pick<ClientOptions, 'headers' | 'fetch'> };

/** What a feed tells its panel. */
export interface FeedEvents {
  progress(done: number, total: number): void;
  /** The session has new data. */
  fresh(notices: Notice[]): void;
  problem(error: unknown): void;
}

/** Keeps one session up to date from one server. */
export class ServerFeed {
  readonly #feed: PrometheusFeed;
  readonly #loop: RefreshLoop | undefined;
  readonly #events: FeedEvents;
  #running: Promise<RefreshOutcome> | undefined;
  #isStopped = false;

  /** Throws when the address, the match or the engine cannot be used. */
  constructor(engine: Engine, session: Session, source: Extract<PanelSource, { kind: 'server' }>, events: FeedEvents) {
    const { server } = source;
    this.#events = events;
    const client = new PrometheusClient({
      url: server.url,
      credentials: server.credentials,
      timeout: server.timeout,
      ...source.client,
    });
    this.#feed = new PrometheusFeed(client, plannerOf(engine, server), session, {
      range: server.range,
      ...(server.end === undefined ? {} : { end: server.end }),
    });
    this.#loop =
      server.refresh === undefined ? undefined : new RefreshLoop(() => this.#refresh(), { interval: server.refresh });
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

  stop(): void {
    this.#isStopped = true;
    this.#loop?.stop();
    this.#feed.cancel();
  }

  #refresh(): Promise<RefreshOutcome> {
    this.#running ??= this.#fetch().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #fetch(): Promise<RefreshOutcome> {
    try {
      const result = await this.#feed.refresh((done, total) => this.#events.progress(done, total));
      this.#events.fresh(noticesOf(result));
      return { isGood: true };
    } catch (error) {
      this.#events.problem(error);
      const retryAfter = error instanceof QueryFailure ? error.retryAfter : undefined;
      return { isGood: false, ...(retryAfter === undefined ? {} : { retryAfter }) };
    }
  }
}

function plannerOf(engine: Engine, server: ServerSource): ConstructorParameters<typeof PrometheusFeed>[1] {
  const options = {
    matchers: server.matchers,
    dialect: 'promql',
    grouping: server.grouping,
    ...(server.prefix === undefined ? {} : { prefix: server.prefix }),
  } as const;
  return {
    probe: () => engine.plan(server.engine, { ...options, stepMs: 1_000 }).probe,
    plan: (stepMs, names) => {
      const found =
        options.prefix ?? names.map((name) => engine.prefixOfName(name)).find((prefix) => prefix !== undefined);
      return engine.plan(server.engine, { ...options, stepMs, ...(found === undefined ? {} : { prefix: found }) })
        .queries;
    },
  };
}

function noticesOf(result: FeedResult): Notice[] {
  return result.failures.map(({ role, promql, failure }) => ({
    level: 'warning',
    text: `The query for ${role} failed: ${failure.message}.`,
    query: promql,
  }));
}
