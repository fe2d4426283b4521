// Times and durations as people write them in a dashboard: RFC 3339 and `1d`, or milliseconds.

import { parseDuration, parseTime } from '@inference-triage/panel/time';

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
export function readDuration(name: string, written: unknown): number {
  return read(name, written, parseDuration, 'a duration', '1h, 1h30m or 1d');
}

/** A time in Unix milliseconds. */
export function readTime(name: string, written: unknown): number {
  return read(name, written, parseTime, 'a time', '2026-01-31T14:00:00Z');
}

function read(
  name: string,
  written: unknown,
  parse: (text: string) => number | undefined,
  what: string,
  example: string,
): number {
  if (typeof written === 'number') return written;
  const text = typeof written === 'string' ? written : '';
  const milliseconds = parse(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new OptionError(`${name} is "${text}", which is not ${what}`, `write it like ${example}`);
}
