// Reading and writing of the values in the editor's fields. What cannot be read throws an error
// that says what is expected.

import type { Setting } from '@inference-triage/engine';
import { OptionError } from '../times.js';

/** A number that the setting takes. */
export function numberIn(
  { least = -Infinity, most = Infinity, includesBounds }: Setting,
  text: string,
): number {
  const value = Number(text);
  const isInside = value > least && value < most;
  const isBound = includesBounds === true && (value === least || value === most);
  if (isInside || (isBound && Number.isFinite(value))) return value;
  const range = Number.isFinite(most) ? `between ${least} and ${most}` : `greater than ${least}`;
  throw new Error(`a number ${range} is expected`);
}

/** Numbers as `0.5, 0.95, 0.99`. */
export function numberList(setting: Setting, text: string): number[] {
  return text.split(/[\s,;]+/).map((part) => numberIn(setting, part));
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
