// Times and durations as people write them in a dashboard: RFC 3339 and `1d`, or milliseconds.

/** Milliseconds of the units that Perses and Prometheus write. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** An option that cannot be read; its message says what is expected. */
export class OptionError extends Error {
  readonly code = 'bad-settings';

  constructor(
    message: string,
    readonly cure: string,
  ) {
    super(message);
  }
}

/** A duration in milliseconds, e.g. of `1h30m`. */
export function readDuration(name: string, written: number | string): number {
  if (typeof written === 'number') return written;
  const parts = [...written.trim().matchAll(/(\d+)(ms|[smhdw])/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === written.trim();
  const total = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? Number.NaN),
    0,
  );
  if (isWhole && total > 0) return total;
  throw new OptionError(
    `the ${name} is "${written}", which is no duration`,
    'write it like 1h, 1d or 1w',
  );
}

/** A time in Unix milliseconds. */
export function readTime(name: string, written: number | string): number {
  if (typeof written === 'number') return written;
  const ms = /^\d{4}-\d\d-\d\dT/.test(written.trim()) ? Date.parse(written) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new OptionError(
    `the ${name} is "${written}", which is no time`,
    'write it like 2026-01-31T14:00:00Z',
  );
}
