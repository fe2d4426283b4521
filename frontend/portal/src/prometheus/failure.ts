/** What went wrong with a query, as far as a caller can act on it. */
export type FailureKind =
  | 'unreachable'
  | 'timed-out'
  | 'unauthorised'
  | 'forbidden'
  | 'no-such-path'
  | 'method-refused'
  | 'redirected'
  | 'not-prometheus'
  | 'overloaded'
  | 'refused'
  | 'server-error'
  | 'too-large'
  | 'cancelled';

/** A failed query: the message is the cause as one sentence, `cure` is what to do about it. */
export class QueryFailure extends Error {
  readonly code: FailureKind;
  readonly cure: string | undefined;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** How long the server asks to wait, milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(
    code: FailureKind,
    cause: string,
    cure?: string,
    details: { status?: number; retryAfter?: number } = {},
  ) {
    super(cause);
    this.name = 'QueryFailure';
    this.code = code;
    this.cure = cure;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
  }

  /** The same request may well succeed a little later. */
  get isTransient(): boolean {
    return ['unreachable', 'overloaded', 'server-error'].includes(this.code);
  }

  /**
   * Only this query is at fault; the cause of any other failure lies with the server or the way to
   * it.
   */
  get isOneQuery(): boolean {
    return this.code === 'refused';
  }
}

/**
 * The failure behind a rejected `fetch`. A browser does not tell a dead server from a refusing CORS
 * policy.
 */
export function unreachable(url: URL): QueryFailure {
  const page = (globalThis as { location?: Location }).location;
  if (page?.protocol === 'https:' && url.protocol === 'http:') {
    return new QueryFailure(
      'unreachable',
      `the browser does not let this page, served over https, read ${url.origin} over http`,
      'serve Prometheus over https, or through the server of this page',
    );
  }
  const foreign = page !== undefined && page.origin !== url.origin;
  return new QueryFailure(
    'unreachable',
    foreign
      ? `the server at ${url.origin} did not answer, or does not let pages of ${page.origin} read it`
      : `the server at ${url.origin} did not answer`,
    foreign
      ? `check that it runs, then start it with --web.cors.origin="${page.origin}" or put it behind the server of this page`
      : 'check that it runs and that the address is right',
  );
}

/** The failure of a query that took longer than allowed. */
export function timedOut(url: URL, ms: number): QueryFailure {
  return new QueryFailure(
    'timed-out',
    `the server at ${url.origin} did not finish a query within ${ms / 1_000} s`,
    'choose a shorter range or a narrower match, or allow more time',
  );
}

/** The failure of a run of queries of which so many in a row had no answer in time. */
export function allTimedOut(count: number, last: QueryFailure): QueryFailure {
  return new QueryFailure(
    'timed-out',
    `${count} queries in a row had no answer: ${last.message}`,
    last.cure,
  );
}

/** The failure of answers that are larger together than may be held. */
export function tooLarge(url: URL, bytes: number): QueryFailure {
  const size = bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MiB` : `${bytes} bytes`;
  return new QueryFailure(
    'too-large',
    `the answers of ${url.origin} are larger than ${size} together`,
    'choose a shorter range or a narrower match, or raise memoryBudget',
  );
}

/**
 * The failure of an answer that points elsewhere. It is not followed: credentials would go to
 * another server, and a form would arrive there empty. A browser does not say where it points.
 */
export function redirected(url: URL): QueryFailure {
  return new QueryFailure(
    'redirected',
    `the server at ${url.origin}${url.pathname} redirects elsewhere, which is not followed`,
    'sign in in another tab if that is a log-in page, or give the address that it leads to',
  );
}

/** The failure of an answer that is not one of Prometheus's API. */
export function notPrometheus(url: URL, isHtml: boolean): QueryFailure {
  return isHtml
    ? new QueryFailure(
        'not-prometheus',
        `the server at ${url.origin}${url.pathname} answered with a web page, most likely a log-in form`,
        'sign in in another tab, or use an address that answers API requests',
      )
    : new QueryFailure(
        'not-prometheus',
        `the server at ${url.origin}${url.pathname} answered, but not with JSON of the Prometheus API`,
        'check the address: it must be the part before /api/v1',
      );
}

/**
 * The server's own words, from the error envelope of the API; empty when the body is something
 * else.
 */
function serverMessage(body: string): { type: string; text: string } {
  try {
    const envelope: unknown = JSON.parse(body);
    if (typeof envelope === 'object' && envelope !== null && 'error' in envelope) {
      const type = 'errorType' in envelope ? String(envelope.errorType) : '';
      return { type, text: String(envelope.error) };
    }
  } catch {
    // Not the API's envelope: the status alone must do.
  }
  return { type: '', text: '' };
}

/** The failure behind an HTTP status outside 200–299. */
export function failureOfStatus(
  url: URL,
  status: number,
  body: string,
  retryAfter?: number,
): QueryFailure {
  const where = `the server at ${url.origin}${url.pathname}`;
  const said = serverMessage(body);
  const details = { status, ...(retryAfter === undefined ? {} : { retryAfter }) };
  const words = said.text === '' ? '' : `: ${said.text}`;
  switch (status) {
    case 401:
      return new QueryFailure(
        'unauthorised',
        `${where} asks for credentials (401)`,
        'sign in, or set the headers property',
        details,
      );
    case 403:
      return new QueryFailure(
        'forbidden',
        `${where} refuses these credentials (403)`,
        'ask for read access to its query API',
        details,
      );
    case 404:
      return new QueryFailure(
        'no-such-path',
        `there is no Prometheus API at ${url.origin}${url.pathname} (404)`,
        'check the address: a path prefix such as /prometheus belongs to it',
        details,
      );
    case 405:
      return new QueryFailure(
        'method-refused',
        `${where} refuses the request method (405)`,
        undefined,
        details,
      );
    case 429:
      return new QueryFailure(
        'overloaded',
        `${where} has had too many requests (429)`,
        'refresh less often',
        details,
      );
    case 400:
    case 422:
      return new QueryFailure(
        'refused',
        `the server refused the query (${status})${words}`,
        'choose a shorter range or a narrower match',
        details,
      );
    case 503:
      return said.type === 'timeout' || said.type === 'canceled'
        ? new QueryFailure(
            'timed-out',
            `the query took longer than the server allows (503)${words}`,
            'choose a shorter range or a narrower match',
            details,
          )
        : new QueryFailure(
            'overloaded',
            `${where} is not available (503)${words}`,
            'wait until it is ready',
            details,
          );
    default:
      return status >= 500
        ? new QueryFailure(
            'server-error',
            `${where} failed (${status})${words}`,
            'look at the log of the server or of the proxy before it',
            details,
          )
        : new QueryFailure(
            'refused',
            `the server refused the query (${status})${words}`,
            undefined,
            details,
          );
  }
}
