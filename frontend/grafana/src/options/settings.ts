import type { Notice, PartialSettings } from '@inference-triage/engine';
import { SECTIONS } from '@inference-triage/panel';
import { parseDuration, parseTime } from '@inference-triage/panel/time';

import type { PhasesOptions } from './types';

type Parse = (text: string) => number | undefined;

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
  const { slo, limits } = options;
  const notices: Notice[] = [];
  const text = (value: string | undefined): string => replace(value ?? '').trim();
  const [model, replica, prefix] = [options.scope.model, options.scope.replica, options.prefix].map(
    text
  );
  const settings: PartialSettings = {
    slo: {
      profile: slo.profile,
      ...defined({ quantile: slo.quantile, objective: slo.objective }),
      targets: { ...slo.targets },
    },
    baseline: baselineOf(options.baseline, text, notices),
    scope: { ...(isChosen(model) ? { model } : {}), ...(isChosen(replica) ? { replica } : {}) },
    limits: { ...limits },
    ...(prefix ? { prefix } : {}),
    sections: SECTIONS.filter((section) => options.sections.includes(section)),
  };
  return { settings, notices };
}

function baselineOf(
  { mode, start, end, offset }: PhasesOptions['baseline'],
  text: (value: string | undefined) => string,
  notices: Notice[]
): PartialSettings['baseline'] {
  const read = (
    name: string,
    value: string | undefined,
    parse: Parse,
    example: string
  ): number | undefined => {
    const written = text(value);
    const parsed = parse(written);
    if (written !== '' && parsed === undefined) {
      const cure = `write it like ${example}, or leave it empty`;
      notices.push({
        level: 'info',
        text: `the baseline's ${name} is "${written}", which cannot be read; ${cure}`,
      });
    }
    return parsed;
  };
  if (mode === 'range') {
    const from = read('start', start, parseTimeOrVariable, '2026-01-31T14:00:00Z');
    const to = read('end', end, parseTimeOrVariable, '2026-01-31T14:30:00Z');
    return { mode, ...defined({ start: from, end: to }) };
  }
  return mode === 'offset'
    ? { mode, ...defined({ offset: read('offset', offset, parseDuration, '1h, 1d or 1w') }) }
    : { mode };
}

/** Also Unix milliseconds, as Grafana's variables `${__from}` and `${__to}` hold them. */
function parseTimeOrVariable(text: string): number | undefined {
  return /^\d{12,}$/.test(text) ? Number(text) : parseTime(text);
}

/**
 * "All" of a variable chooses nothing; so does a variable with several values, which Grafana writes
 * in braces.
 */
function isChosen(value: string | undefined): value is string {
  return (
    value !== undefined &&
    value !== '' &&
    value !== '$__all' &&
    !/^\{.*\}$/.test(value) &&
    value !== '.*'
  );
}

function defined<T extends Record<string, number | undefined>>(
  fields: T
): { [K in keyof T]?: number } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as { [K in keyof T]?: number };
}
