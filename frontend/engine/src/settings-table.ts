// Working with settings by the generated table, for editors and readers of any host.

import type { PartialSettings } from './settings.js';
import { SETTINGS, type SettingPath } from './settings-table.generated.js';

/**
 * What a setting holds: one number, one id, any text, a time (Unix milliseconds), a length of time
 * (milliseconds), `{ start, end }`, lists of numbers or ids, numbers by ids or by any name.
 */
export type SettingKind =
  | 'number'
  | 'choice'
  | 'text'
  | 'time'
  | 'duration'
  | 'interval'
  | 'numbers'
  | 'choices'
  | 'number-by-id'
  | 'number-by-name';

/** A row of the table: a setting as code needs it. */
export interface Setting {
  /** Where it stands, e.g. `slo.quantile`. */
  readonly path: string;
  readonly kind: SettingKind;
  /** Hosts that have it as an option. */
  readonly hosts: readonly ('grafana' | 'perses')[];
  /** The ids it takes, in reading order. */
  readonly ids?: readonly string[];
  /** What holds without it. */
  readonly default?: string | number | readonly string[] | readonly number[];
  /** Bounds of its numbers; without `most` there is no upper one. */
  readonly least?: number;
  readonly most?: number;
  /** Whether the bounds themselves are allowed. */
  readonly includesBounds?: boolean;
  /** Distance of neighbouring numbers in an editor, the smallest useful one. */
  readonly step?: number;
  /** Regular expression that a text must match. */
  readonly pattern?: string;
  /** The value of `mode` in the same part without which it has no effect. */
  readonly mode?: string;
  /** The element's attribute for it. */
  readonly attribute?: string;
}

/** A row of the table: a setting as people read it. */
export interface SettingText {
  readonly label: string;
  /** What it does, one sentence or two. */
  readonly help: string;
  /** Title of what it stands with. */
  readonly group: string;
  /** What an empty field may show. */
  readonly example?: string;
  /** The ids it takes, in words. */
  readonly entries?: readonly {
    readonly id: string;
    readonly title: string;
    readonly help: string;
  }[];
}

type Row = (typeof SETTINGS)[number];
type PathOf<Kind extends SettingKind> = Extract<Row, { kind: Kind }>['path'];

/**
 * Settings as the options of a host hold them: with times and lengths of time as `Time`, because
 * people write them as text.
 */
export type WrittenSettings<Time> = Written<PartialSettings, Time, ''>;

type Written<Part, Time, Within extends string> = {
  [Name in keyof Part & string]?:
    | (`${Within}${Name}` extends PathOf<'time' | 'duration'>
        ? Time
        : `${Within}${Name}` extends PathOf<'interval'>
          ? { start: Time; end: Time }
          : NonNullable<Part[Name]> extends readonly unknown[]
            ? Part[Name]
            : NonNullable<Part[Name]> extends object
              ? Written<NonNullable<Part[Name]>, Time, `${Within}${Name}.`>
              : Part[Name])
    | undefined;
};

/** The ids that a setting of a closed list takes, in reading order. */
export function idsOf<Path extends Extract<Row, { ids: readonly string[] }>['path']>(
  path: Path,
): Extract<Row, { path: Path }> extends { ids: readonly (infer Id)[] } ? readonly Id[] : never {
  const row: Setting | undefined = SETTINGS.find((setting) => setting.path === path);
  return (row?.ids ?? []) as ReturnType<typeof idsOf<Path>>;
}

/** The settings that a host has as options. */
export function settingsOfHost(
  host: 'grafana' | 'perses',
): readonly (Setting & { path: SettingPath })[] {
  const all: readonly (Setting & { path: SettingPath })[] = SETTINGS;
  return all.filter(({ hosts }) => hosts.includes(host));
}

/** The value at a path of anything that may be settings; undefined where there is none. */
export function valueAt(settings: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, name) => field(part, name), settings);
}

function field(part: unknown, name: string): unknown {
  const isThere = typeof part === 'object' && part !== null && Object.hasOwn(part, name);
  return isThere ? (part as Record<string, unknown>)[name] : undefined;
}

/**
 * A copy with another value at a path. Undefined takes the setting away, and parts that hold
 * nothing then go with it.
 */
export function withValueAt<Settings extends object>(
  settings: Settings,
  path: string,
  value: unknown,
): Settings {
  const [name = '', ...rest] = path.split('.');
  const inner = (settings as Record<string, unknown>)[name];
  const changed =
    rest.length === 0
      ? value
      : nonEmpty(withValueAt(inner instanceof Object ? inner : {}, rest.join('.'), value));
  const entries = Object.entries({ ...settings, [name]: changed });
  return Object.fromEntries(entries.filter(([, held]) => held !== undefined)) as Settings;
}

function nonEmpty(part: object): object | undefined {
  return Object.keys(part).length === 0 ? undefined : part;
}

/** Whether the value of `mode` beside a setting lets it have an effect. */
export function appliesIn(setting: Setting, settings: unknown): boolean {
  const mode = `${setting.path.replace(/[^.]*$/, '')}mode`;
  return setting.mode === undefined || valueAt(settings, mode) === setting.mode;
}
