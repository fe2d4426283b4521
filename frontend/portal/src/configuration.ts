import {
  SETTINGS,
  valueAt,
  withValueAt,
  type PartialSettings,
  type Setting,
} from '@inference-triage/engine';
import type { AttributeName, AttributeReader, SettingAttribute } from './attributes.js';
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
  return SETTINGS.reduce((settings, setting) => {
    if (!('attribute' in setting)) return settings;
    // One attribute for the whole baseline, because its parts depend on each other.
    const isBaseline = setting.attribute === 'baseline';
    const path = isBaseline ? 'baseline' : setting.path;
    const value = isBaseline ? readBaseline(read) : readSetting(setting, setting.attribute, read);
    if (value === undefined) return settings;
    // What the attribute does not name stays as the base has it.
    const isPart = isBaseline || setting.kind.startsWith('number-by-');
    const before = isPart ? valueAt(settings, path) : undefined;
    return withValueAt(settings, path, isPart ? { ...Object(before), ...Object(value) } : value);
  }, base);
}

function readSetting(setting: Setting, name: SettingAttribute, read: AttributeReader): unknown {
  switch (setting.kind) {
    case 'number': {
      const text = read(name);
      return text === null ? undefined : readNumber(name, text);
    }
    case 'choice':
      return readWord(read, name, setting.ids ?? []);
    case 'text':
      return read(name) ?? undefined;
    case 'time':
      return readParsed(read, name, parseTime, 'as RFC 3339 or as Unix seconds');
    case 'duration':
      return readDuration(read, name);
    case 'interval':
      return readParsed(read, name, parseInterval, 'as two times T..T, the later one last');
    case 'numbers':
      return readList(read, name)?.map((text) => readNumber(name, text));
    case 'choices':
      return readList(read, name);
    case 'number-by-id':
    case 'number-by-name':
      return readPairs(read, name, `as name=number, e.g. ${setting.ids?.[0] ?? 'name'}=2.5`);
  }
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
