import { delayBefore, parseRetryAfter, queryBackOff, type BackOff } from './back-off.js';
import { Budget, DEFAULT_BUDGET } from './budget.js';
import { sleep, systemClock, type Clock } from './clock.js';
import {
  failureOfStatus,
  notPrometheus,
  QueryFailure,
  redirected,
  timedOut,
  unreachable,
} from './failure.js';
import { seconds, type Grid } from './grid.js';

/** How to reach a Prometheus-compatible query API. */
export interface ClientOptions {
  /** Address before `/api/v1`; relative addresses are resolved against the page. */
  url: string;
  /** Sent with every request, e.g. `Authorization` or `X-Scope-OrgID`. */
  headers?: Readonly<Record<string, string>>;
  /** Whether cookies are sent; `same-origin` unless told. */
  credentials?: RequestCredentials;
  /** The page's `fetch`, or a host's own that adds what its proxy asks for. */
  fetch?: typeof fetch;
  clock?: Clock;
  /** A query that takes longer fails, milliseconds; 30 s unless told. */
  timeout?: number;
  /** Attempts for one query, the first included; 3 unless told. */
  attempts?: number;
  backOff?: BackOff;
  /** Bytes that the answers of one run may have together, decompressed; 256 MiB unless told. */
  memoryBudget?: number;
}

/** A smaller difference between two clocks is rounding and travel time, milliseconds. */
const CLOCK_TOLERANCE = 3_000;

const JSON_START = /^\s*\{/;

/**
 * Asks one Prometheus-compatible server: POST forms, time-outs, retries on a fixed schedule,
 * failures in words.
 */
export class PrometheusClient {
  readonly url: URL;
  readonly clock: Clock;
  readonly #headers: Record<string, string>;
  readonly #credentials: RequestCredentials;
  readonly #fetch: typeof fetch;
  readonly #timeout: number;
  readonly #attempts: number;
  readonly #backOff: BackOff;
  readonly #memoryBudget: number;
  #method: 'POST' | 'GET' = 'POST';
  #clockOffset = 0;

  /** Throws a `QueryFailure` when `url` is not an address. */
  constructor(options: ClientOptions) {
    const page = (globalThis as { document?: Document }).document?.baseURI;
    this.url = addressOf(options.url, page);
    if (!this.url.pathname.endsWith('/')) this.url.pathname += '/';
    this.#headers = { ...authorisationOf(this.url), ...options.headers };
    this.#credentials = options.credentials ?? 'same-origin';
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.clock = options.clock ?? systemClock;
    this.#timeout = options.timeout ?? 30_000;
    this.#attempts = Math.max(1, options.attempts ?? 3);
    this.#backOff = options.backOff ?? queryBackOff;
    this.#memoryBudget = options.memoryBudget ?? DEFAULT_BUDGET;
  }

  /**
   * Unix milliseconds by the server's clock, as far as its answers have told the time; a reader's
   * may be off by minutes.
   */
  serverNow(): number {
    return this.clock.now() + this.#clockOffset;
  }

  /** What the answers of one run of queries may take together. */
  budget(): Budget {
    return new Budget(this.#memoryBudget);
  }

  /**
   * The bytes of a range response, taken from `budget`, or from one of its own. Rejects with a
   * `QueryFailure`.
   */
  queryRange(
    promql: string,
    grid: Grid,
    signal?: AbortSignal,
    budget: Budget = this.budget(),
  ): Promise<Uint8Array> {
    const form = {
      query: promql,
      start: seconds(grid.start),
      end: seconds(grid.end),
      step: seconds(grid.step),
    };
    return this.#ask('api/v1/query_range', form, budget, signal);
  }

  /**
   * The bytes of an instant response, evaluated at the server's own time. Rejects with a
   * `QueryFailure`.
   */
  queryInstant(promql: string, time?: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#ask(
      'api/v1/query',
      { query: promql, ...(time === undefined ? {} : { time: seconds(time) }) },
      this.budget(),
      signal,
    );
  }

  async #ask(
    path: string,
    form: Record<string, string>,
    budget: Budget,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(path, form, budget, signal);
      } catch (error) {
        const failure = error instanceof QueryFailure ? error : unreachable(this.url);
        if (failure.code === 'method-refused' && this.#method === 'POST') {
          this.#method = 'GET';
          continue;
        }
        const wait = this.#waitBeforeRetry(failure, attempt);
        if (wait === undefined) throw failure;
        await sleep(this.clock, wait, signal).catch(() => {
          throw cancelled();
        });
      }
    }
  }

  /**
   * Undefined when another attempt makes no sense or the server wants a longer pause than a refresh
   * should hang.
   */
  #waitBeforeRetry(failure: QueryFailure, attempt: number): number | undefined {
    if (!failure.isTransient || attempt >= this.#attempts) return undefined;
    const wait = Math.max(delayBefore(attempt, this.#backOff), failure.retryAfter ?? 0);
    return wait <= this.#backOff.cap ? wait : undefined;
  }

  async #attempt(
    path: string,
    form: Record<string, string>,
    budget: Budget,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    if (signal?.aborted) throw cancelled();
    const url = new URL(path, this.url);
    url.search = this.url.search;
    const controller = new AbortController();
    const onAbort = (): void => controller.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    let isLate = false;
    const cancelTimer = this.clock.after(this.#timeout, () => {
      isLate = true;
      controller.abort();
    });
    try {
      const response = await this.#send(url, form, controller.signal);
      if (isRedirect(response)) throw redirected(url);
      this.#noteTime(response);
      return await this.#read(url, response, budget);
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      if (isLate) throw timedOut(url, this.#timeout);
      throw error instanceof QueryFailure ? error : unreachable(url);
    } finally {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #send(url: URL, form: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const body = new URLSearchParams({ ...form, timeout: `${Math.ceil(this.#timeout / 1_000)}s` });
    const init = {
      headers: { Accept: 'application/json', ...this.#headers },
      credentials: this.#credentials,
      // Not `error`: that would look like a server that does not answer.
      redirect: 'manual' as const,
      signal,
    };
    if (this.#method === 'POST') return this.#fetch(url.href, { ...init, method: 'POST', body });
    for (const [name, value] of body) url.searchParams.set(name, value);
    return this.#fetch(url.href, init);
  }

  /** The header counts whole seconds and is not shown to pages of other origins. */
  #noteTime(response: Response): void {
    const offset = Date.parse(response.headers.get('Date') ?? '') - this.clock.now();
    if (!Number.isNaN(offset)) this.#clockOffset = Math.abs(offset) <= CLOCK_TOLERANCE ? 0 : offset;
  }

  async #read(url: URL, response: Response, budget: Budget): Promise<Uint8Array> {
    if (!response.ok) {
      const retryAfter = parseRetryAfter(response.headers.get('Retry-After'), this.clock.now());
      throw failureOfStatus(url, response.status, await response.text(), retryAfter);
    }
    const bytes = await budget.read(url, response);
    const start = new TextDecoder().decode(bytes.subarray(0, 64));
    if (!JSON_START.test(start)) throw notPrometheus(url, /^\s*</.test(start));
    return bytes;
  }
}

/**
 * A browser hides an answer that redirects, others show its status, and a host's own `fetch` may
 * have followed it.
 */
function isRedirect({ type, status, redirected: isFollowed }: Response): boolean {
  return type === 'opaqueredirect' || isFollowed || (status >= 300 && status < 400);
}

function cancelled(): QueryFailure {
  return new QueryFailure('cancelled', 'the request was cancelled');
}

/**
 * `prometheus:9090` parses as an address with the scheme "prometheus", so the scheme has to be
 * checked too.
 */
function addressOf(text: string, page: string | undefined): URL {
  const url = URL.canParse(text, page) ? new URL(text, page) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new QueryFailure(
    'refused',
    `"${text}" is not an address of a server`,
    'write it like http://127.0.0.1:9090',
  );
}

/** Moves credentials out of the address, where `fetch` refuses them, into a header. */
function authorisationOf(url: URL): Record<string, string> {
  if (url.username === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { Authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(pair)))}` };
}
