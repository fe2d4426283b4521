import {
  appliesIn,
  valueAt,
  withValueAt,
  type Notice,
  type PartialSettings,
  type Setting,
  type SettingPath,
} from '@inference-triage/engine';
import { SETTING_TEXTS } from '@inference-triage/engine/settings-texts';
import { parseDuration, parseTime } from '@inference-triage/panel/time';

import { OPTION_SETTINGS, type PhasesOptions } from './types';

/** The core's settings, and what could not be read in the options. */
export interface ReadSettings {
  settings: PartialSettings;
  notices: Notice[];
}

/**
 * The core's settings for a panel's options. `replace` fills in the dashboard's variables. Text
 * that is neither empty nor readable takes its default and becomes a notice: a typing mistake must
 * not be silent.
 */
export function settingsOf(
  options: PhasesOptions,
  replace: (text: string) => string
): ReadSettings {
  const notices: Notice[] = [];
  let settings: PartialSettings = { slo: {}, baseline: {}, scope: {} };
  for (const setting of OPTION_SETTINGS) {
    const value = appliesIn(setting, options) ? valueAt(options, setting.path) : undefined;
    const read = value === undefined ? undefined : settingOf(setting, value, replace, notices);
    if (read !== undefined) {
      settings = withValueAt(settings, setting.path, read);
    }
  }
  return { settings, notices };
}

function settingOf(
  setting: Setting,
  value: unknown,
  replace: (text: string) => string,
  notices: Notice[]
): unknown {
  const { kind, ids = [] } = setting;
  if (kind === 'choices' && Array.isArray(value)) {
    // The order in which they were chosen is that of the page.
    return value.filter((one) => ids.some((id) => id === one));
  }
  if (kind !== 'text' && kind !== 'time' && kind !== 'duration') {
    return value;
  }
  const text = replace(String(value)).trim();
  if (kind === 'text') {
    return isChosen(text) ? text : undefined;
  }
  const parsed = kind === 'time' ? parseTimeOrVariable(text) : parseDuration(text);
  if (text !== '' && parsed === undefined) {
    const { label, example = '1h, 1d or 1w' } = SETTING_TEXTS[setting.path as SettingPath];
    notices.push({
      level: 'info',
      text: `${label} is "${text}", which cannot be read; write it like ${example}, or leave it empty`,
    });
  }
  return parsed;
}

/** Also Unix milliseconds, as Grafana's variables `${__from}` and `${__to}` hold them. */
function parseTimeOrVariable(text: string): number | undefined {
  return /^\d{12,}$/.test(text) ? Number(text) : parseTime(text);
}

/**
 * "All" of a variable chooses nothing; so does a variable with several values, which Grafana writes
 * in braces.
 */
function isChosen(text: string): boolean {
  return text !== '' && text !== '$__all' && !/^\{.*\}$/.test(text) && text !== '.*';
}
