// Durations and instants as Prometheus writes them, for attributes and options that are read
// before the module is there. core/src/time.rs does the same; tests/vectors/times.json holds both
// to it.

export { contains } from './time-window.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Units of a duration with their milliseconds, in the order in which PromQL wants them. */
const UNITS: readonly (readonly [string, number])[] = [
  ['y', 365 * DAY],
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
  ['ms', 1],
];

const DURATION = new RegExp(`^${UNITS.map(([unit]) => `(?:(\\d+)${unit})?`).join('')}$`);

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * Milliseconds of a duration such as `90s`, `1h30m` or `1d`; undefined when it is not one or is 0.
 */
export function parseDuration(text: string): number | undefined {
  const counts = DURATION.exec(text.trim())?.slice(1) ?? [];
  const total = UNITS.reduce((sum, [, size], index) => sum + Number(counts[index] ?? 0) * size, 0);
  return total > 0 && Number.isSafeInteger(total) ? total : undefined;
}

/**
 * A duration in milliseconds as Prometheus writes it, e.g. `1h30m`; years and weeks only where
 * nothing is left over.
 */
export function writeDuration(milliseconds: number): string {
  let rest = Math.trunc(milliseconds);
  let text = '';
  for (const [unit, size] of UNITS) {
    const isExactOnly = unit === 'y' || unit === 'w';
    if (rest < size || (isExactOnly && rest % size !== 0)) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text === '' ? '0s' : text;
}

/**
 * Unix milliseconds of a time as Prometheus's own API takes it: RFC 3339 with its zone, or Unix
 * seconds; undefined when it is neither.
 */
export function parseTime(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000);
  const parsed = RFC_3339.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/**
 * An interval `T..T` in Unix milliseconds; undefined when either side is not a time or it does not
 * end after it starts.
 */
export function parseInterval(text: string): { start: number; end: number } | undefined {
  const [from, to, ...rest] = text.split('..');
  if (from === undefined || to === undefined || rest.length > 0) return undefined;
  const start = parseTime(from);
  const end = parseTime(to);
  return start !== undefined && end !== undefined && end > start ? { start, end } : undefined;
}

/** The same as text, in Unix seconds. */
export function writeInterval({ start, end }: { start: number; end: number }): string {
  return `${start / 1000}..${end / 1000}`;
}
