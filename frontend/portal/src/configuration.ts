import type { PartialSettings } from '@inference-triage/engine';
import type { AttributeName, AttributeReader } from './attributes.js';
import { parseDuration, parseInterval, parseTime } from '@inference-triage/panel/time';

/**
 * An attribute that cannot be read: the message is the cause as one sentence, `cure` the form it
 * should have.
 */
export class AttributeError extends Error {
  readonly code = 'bad-attribute';
  readonly cure: string;

  constructor(name: AttributeName, value: string, expected: string) {
    super(`the attribute ${name}="${value}" cannot be read`);
    this.name = 'AttributeError';
    this.cure = `write it ${expected}`;
  }
}

/** Where the data come from when they come from a server. */
export interface ServerSource {
  url: string;
  /** Id of the serving engine; undefined = the one to assume. */
  engine: string | undefined;
  matchers: string;
  grouping: 'replica' | 'model';
  prefix: string | undefined;
  /** Milliseconds. */
  range: number;
  /** Unix milliseconds; undefined = now. */
  end: number | undefined;
  /** Milliseconds; undefined = no refresh by itself. */
  refresh: number | undefined;
  /** Milliseconds. */
  timeout: number;
  credentials: RequestCredentials;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const DEFAULT_RANGE = 3_600_000;
const DEFAULT_TIMEOUT = 30_000;

/** The server that the attributes name; undefined without `url`. Throws an `AttributeError`. */
export function readSource(read: AttributeReader): ServerSource | undefined {
  const url = read('url');
  if (url === null || url.trim() === '') return undefined;
  const refresh = read('refresh');
  return {
    url,
    engine: read('engine') ?? undefined,
    matchers: read('match') ?? '',
    grouping: readWord(read, 'grouping', ['replica', 'model']) ?? 'replica',
    prefix: read('prefix') ?? undefined,
    range: readDuration(read, 'range') ?? DEFAULT_RANGE,
    end: readParsed(read, 'end', parseTime, 'as RFC 3339 or as Unix seconds'),
    refresh: refresh === 'off' ? undefined : readDuration(read, 'refresh'),
    timeout: readDuration(read, 'timeout') ?? DEFAULT_TIMEOUT,
    credentials: readWord(read, 'credentials', ['same-origin', 'include', 'omit']) ?? 'same-origin',
  };
}

/**
 * `base` with what the attributes say instead. Throws an `AttributeError`; ranges of values are the
 * core's affair.
 */
export function readSettings(base: PartialSettings, read: AttributeReader): PartialSettings {
  const settings: Mutable<PartialSettings> = { ...base };
  const window = readParsed(read, 'window', parseInterval, 'as two times T..T, the later one last');
  if (window !== undefined) settings.window = window;
  const baseline = readBaseline(read);
  if (baseline !== undefined) settings.baseline = { ...base.baseline, ...baseline };
  const slo = readSlo(read);
  if (Object.keys(slo).length > 0) settings.slo = { ...base.slo, ...slo };
  const limits = readPairs(read, 'limits', 'as name=number, e.g. max_num_seqs=16');
  if (limits !== undefined) settings.limits = { ...base.limits, ...limits };
  const prefix = read('prefix');
  if (prefix !== null) settings.prefix = prefix;
  const scope = { ...pick('model', read), ...pick('replica', read) };
  if (Object.keys(scope).length > 0) settings.scope = { ...base.scope, ...scope };
  const quantiles = readList(read, 'quantiles')?.map((text) => readNumber('quantiles', text));
  if (quantiles !== undefined) settings.quantiles = quantiles;
  const sections = readList(read, 'sections');
  if (sections !== undefined)
    settings.sections = sections as NonNullable<PartialSettings['sections']>;
  return settings;
}

function readBaseline(read: AttributeReader): PartialSettings['baseline'] {
  const text = read('baseline');
  if (text === null) return undefined;
  if (text === 'auto' || text === 'range' || text === 'none') return { mode: text };
  const interval = parseInterval(text);
  if (interval !== undefined) return { mode: 'range', ...interval };
  const offset = parseDuration(text);
  if (offset !== undefined) return { mode: 'offset', offset };
  throw new AttributeError(
    'baseline',
    text,
    'as auto, range, none, a duration such as 1d, or T..T',
  );
}

function readSlo(read: AttributeReader): NonNullable<PartialSettings['slo']> {
  const profile = readWord(read, 'profile', ['chat', 'code-completion', 'batch', 'rag', 'agent']);
  const targets = readPairs(read, 'slo', 'as signal=seconds, e.g. ttft=2.5,e2e=10');
  const quantile = read('slo-quantile');
  const objective = read('slo-objective');
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(targets === undefined ? {} : { targets }),
    ...(quantile === null ? {} : { quantile: readNumber('slo-quantile', quantile) }),
    ...(objective === null ? {} : { objective: readNumber('slo-objective', objective) }),
  };
}

function pick<Name extends AttributeName>(
  name: Name,
  read: AttributeReader,
): Partial<Record<Name, string>> {
  const text = read(name);
  return text === null ? {} : ({ [name]: text } as Partial<Record<Name, string>>);
}

/** One of the words, undefined when the attribute is not set. */
export function readWord<Word extends string>(
  read: AttributeReader,
  name: AttributeName,
  words: readonly Word[],
): Word | undefined {
  const text = read(name);
  if (text === null) return undefined;
  const found = words.find((word) => word === text.trim());
  if (found === undefined) throw new AttributeError(name, text, `as one of ${words.join(', ')}`);
  return found;
}

function readDuration(read: AttributeReader, name: AttributeName): number | undefined {
  return readParsed(read, name, parseDuration, 'as a duration such as 30s, 1h30m or 2d');
}

function readParsed<Value>(
  read: AttributeReader,
  name: AttributeName,
  parse: (text: string) => Value | undefined,
  expected: string,
): Value | undefined {
  const text = read(name);
  if (text === null || text.trim() === '') return undefined;
  const value = parse(text);
  if (value === undefined) throw new AttributeError(name, text, expected);
  return value;
}

function readNumber(name: AttributeName, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new AttributeError(name, text, 'as a number such as 0.95');
  return value;
}

function readList(read: AttributeReader, name: AttributeName): string[] | undefined {
  const parts = read(name)
    ?.split(/[\s,]+/)
    .filter((part) => part !== '');
  return parts === undefined || parts.length === 0 ? undefined : parts;
}

function readPairs(
  read: AttributeReader,
  name: AttributeName,
  expected: string,
): Record<string, number> | undefined {
  const parts = readList(read, name);
  if (parts === undefined) return undefined;
  return Object.fromEntries(
    parts.map((part) => {
      const [key = '', value = ''] = part.split('=');
      if (key === '' || value === '' || !Number.isFinite(Number(value))) {
        throw new AttributeError(name, read(name) ?? '', expected);
      }
      return [key, Number(value)];
    }),
  );
}
