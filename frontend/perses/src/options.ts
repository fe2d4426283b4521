// The panel's options: the settings of the core, the same everywhere, and what only a panel has.

import {
  settingsOfHost,
  valueAt,
  withValueAt,
  type PartialSettings,
  type Setting,
  type SettingPath,
  type WrittenSettings,
} from '@inference-triage/engine';
import { SETTING_TEXTS } from '@inference-triage/engine/settings-texts';
import { readDuration, readTime } from './times.js';

/** Unix milliseconds, or RFC 3339 as in `2026-01-31T14:00:00Z`; milliseconds, or `1d`. */
export type Time = number | string;

/** What stands under `spec` of the panel's plugin. Everything may be left out. */
export type InferenceTriageOptions = WrittenSettings<Time> & {
  /** How close the lines stand. */
  density?: 'compact' | 'comfortable' | undefined;
  /** IANA name of the zone for times, e.g. `UTC`; absent: the browser's. */
  timeZone?: string | undefined;
  /** Address of the page of a cause, with `{cause}` for its id. */
  runbook?: string | undefined;
};

/** The settings that are options of this panel. */
export const OPTION_SETTINGS: readonly Setting[] = settingsOfHost('perses');

/** A new panel has no options: every default is the core's. */
export function createInitialOptions(): InferenceTriageOptions {
  return {};
}

/**
 * The part that the core knows, in its units. Throws an {@link OptionError} for a time that cannot
 * be read.
 */
export function settingsOf(options: InferenceTriageOptions): PartialSettings {
  const { density, timeZone, runbook, ...written } = options;
  void [density, timeZone, runbook];
  const settings = OPTION_SETTINGS.reduce<object>((read, setting) => {
    const value = valueAt(written, setting.path);
    const time = value === undefined ? undefined : readWritten(setting, value);
    return time === undefined ? read : withValueAt(read, setting.path, time);
  }, written);
  // Panels did not always say of which schema they are; one of the first may hold what is gone.
  return { schema: 1, ...settings };
}

/** Times and durations as numbers; undefined for what is no time. */
function readWritten({ kind, path }: Setting, value: unknown): unknown {
  const name = SETTING_TEXTS[path as SettingPath].label;
  switch (kind) {
    case 'time':
      return readTime(name, value);
    case 'duration':
      return readDuration(name, value);
    case 'interval':
      return {
        start: readTime(`${name}'s start`, valueAt(value, 'start')),
        end: readTime(`${name}'s end`, valueAt(value, 'end')),
      };
    default:
      return undefined;
  }
}
