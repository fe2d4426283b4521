/** An exponential schedule without jitter, so that it can be read, tested and predicted. */
export interface BackOff {
  /** Delay before the first retry, milliseconds. */
  first: number;
  /** No delay is longer, milliseconds. */
  cap: number;
}

/** Retries of one query: 1 s, 2 s, 4 s … up to half a minute. */
export const queryBackOff: BackOff = { first: 1_000, cap: 30_000 };

/** Refreshes after a failed one: 5 s, 10 s, 20 s … up to five minutes. */
export const refreshBackOff: BackOff = { first: 5_000, cap: 300_000 };

/** Delay before retry number `retry` (1-based), milliseconds. */
export function delayBefore(retry: number, schedule: BackOff): number {
  const exponent = Math.min(Math.max(retry, 1) - 1, 30);
  return Math.min(schedule.cap, schedule.first * 2 ** exponent);
}

/**
 * The `Retry-After` header in milliseconds from `now`: delta seconds or an HTTP date. Undefined
 * when it is missing or neither; a date in the past is 0.
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
