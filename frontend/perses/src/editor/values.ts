// Reading and writing of the values in the editor's fields. What cannot be read throws an error
// that says what is expected.

import { OptionError } from '../times.js';

/** A number within bounds, both excluded unless `includes` says otherwise. */
export function numberBetween(text: string, least: number, most: number, includes = false): number {
  const value = Number(text);
  const isInside = includes ? value >= least && value <= most : value > least && value < most;
  if (isInside) return value;
  const range = Number.isFinite(most) ? `between ${least} and ${most}` : `greater than ${least}`;
  throw new Error(`a number ${range} is expected`);
}

/** Quantiles as `0.5, 0.95, 0.99`. */
export function quantileList(text: string): number[] {
  return text.split(/[\s,;]+/).map((part) => numberBetween(part, 0, 1, true));
}

/** Limits as `max_num_seqs=16, kv_capacity_tokens=200000`. */
export function limitList(text: string): Record<string, number> {
  const entries = text.split(/[,;]+/).map((part) => {
    const [name = '', value = ''] = part.split('=').map((word) => word.trim());
    if (!/^\w+$/.test(name))
      throw new Error('limits are written as name=number, e.g. max_num_seqs=16');
    return [name, numberBetween(value, 0, Infinity)] as const;
  });
  return Object.fromEntries(entries);
}

export function formatLimits(limits: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(limits)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** A text that `read` accepts, kept as it was written; otherwise its cure is what is expected. */
export function checked(written: string, read: (name: string, written: string) => number): string {
  try {
    read('value', written);
    return written;
  } catch (error) {
    throw new Error(error instanceof OptionError ? error.cure : String(error), { cause: error });
  }
}

/** The name of a time zone that the browser knows. */
export function timeZoneName(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new Error('a time zone such as UTC or Europe/Berlin is expected');
  }
}

/**
 * An object without absent fields, and undefined when nothing is left: absent is the core's
 * default.
 */
export function pruned<Value extends object>(value: Value): Value | undefined {
  const kept = Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Value;
  return Object.keys(kept).length === 0 ? undefined : kept;
}
