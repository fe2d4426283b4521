// The window that the reader's own is compared with, as addresses hold it.

import type { ComparedWith } from '@inference-triage/view';
import { parseInterval, writeInterval } from './time.js';

/** Windows that are known by what they are. */
const KINDS: Record<Extract<ComparedWith, string>, true> = {
  baseline: true,
  previous: true,
  next: true,
};

/** `baseline`, `previous`, `next` or an interval of Unix seconds; undefined for anything else. */
export function readCompared(text: string): ComparedWith | undefined {
  return Object.hasOwn(KINDS, text) ? (text as keyof typeof KINDS) : parseInterval(text);
}

/** The same as text. */
export function writeCompared(other: ComparedWith): string {
  return typeof other === 'string' ? other : writeInterval(other);
}
