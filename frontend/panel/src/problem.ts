/** Why there is no new diagnosis. */
export interface Problem {
  /** A stable word for programs, e.g. `unreachable`, `no-engine`, `bad-settings`. */
  code: string;
  /** The cause, one sentence. */
  message: string;
  /** What to do about it, one sentence. */
  cure?: string;
}

/**
 * Any error in words for the reader. An error may bring `code` and `cure`; `cures` has the host's
 * cures by code.
 */
export function describeProblem(
  error: unknown,
  cures: Readonly<Record<string, string>> = {},
): Problem {
  if (!(error instanceof Error)) return makeProblem('unexpected', String(error), undefined);
  const code = textOf(error, 'code') ?? 'unexpected';
  return makeProblem(code, error.message, textOf(error, 'cure') ?? cures[code]);
}

function textOf(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

function makeProblem(code: string, message: string, cure: string | undefined): Problem {
  return {
    code,
    message: asSentence(message),
    ...(cure === undefined ? {} : { cure: asSentence(cure) }),
  };
}

/** With a capital letter and a full stop. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  const start = /^[a-z]+:\/\//.test(trimmed)
    ? trimmed.slice(0, 1)
    : trimmed.slice(0, 1).toUpperCase();
  return `${start}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? '' : '.'}`;
}
