import { AttributeError } from './configuration.js';
import { QueryFailure } from './prometheus/failure.js';

/** Why there is no new diagnosis. */
export interface Problem {
  /** A stable word for programs, e.g. `unreachable`, `no-engine`, `bad-settings`. */
  code: string;
  /** The cause, one sentence. */
  message: string;
  /** What to do about it, one sentence. */
  cure?: string;
}

/** Cures for what the core refuses; its messages name the cause. */
const CURES: Readonly<Record<string, string>> = {
  'no-engine': 'Check that Prometheus scrapes the engine and that match and prefix name its series.',
  'too-large': 'Choose a shorter range, a narrower match, or grouping="model".',
};

/** Any error in words for the reader of the page. */
export function describeProblem(error: unknown): Problem {
  if (error instanceof QueryFailure) return makeProblem(error.kind, error.message, error.cure);
  if (error instanceof AttributeError) return makeProblem('bad-attribute', error.message, error.cure);
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unexpected';
    return makeProblem(code, error.message, CURES[code]);
  }
  return makeProblem('unexpected', String(error));
}

function makeProblem(code: string, message: string, cure?: string): Problem {
  return { code, message: asSentence(message), ...(cure === undefined ? {} : { cure: asSentence(cure) }) };
}

/** With a capital letter and a full stop. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  const start = /^[a-z]+:\/\//.test(trimmed) ? trimmed.slice(0, 1) : trimmed.slice(0, 1).toUpperCase();
  return `${start}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? '' : '.'}`;
}
