import { valueAt, withValueAt, type Setting } from '@inference-triage/engine';
import { writeDuration } from '@inference-triage/panel/time';

import { defaultOptions, OPTION_SETTINGS, OPTIONS_SCHEMA, type PhasesOptions } from './types';

/**
 * Version from which the order of a list is that in which a reader chose its entries; before, it
 * was that of a list of the release.
 */
const ORDERED_SINCE = 2;

/**
 * Options of any origin in today's shape: of a panel that was just added, edited by hand, of an
 * earlier release, or written as the settings of the core with times and durations as milliseconds,
 * which is the shape of version 0. What cannot be read takes its default.
 */
export function readOptions(raw: unknown): PhasesOptions {
  const schema = finite(valueAt(raw, 'schema')) ?? OPTIONS_SCHEMA;
  const options = OPTION_SETTINGS.reduce((read, setting) => {
    const value = readValue(setting, valueAt(raw, setting.path), schema < ORDERED_SINCE);
    return value === undefined ? read : withValueAt(read, setting.path, value);
  }, defaultOptions());
  const runbook = text(valueAt(raw, 'runbook'));
  return {
    ...options,
    grouping: valueAt(raw, 'grouping') === 'model' ? 'model' : 'replica',
    ...(runbook === undefined ? {} : { runbook }),
  };
}

function readValue({ kind, ids = [] }: Setting, value: unknown, isUnordered: boolean): unknown {
  switch (kind) {
    case 'number':
      return finite(value);
    case 'choice':
      return ids.find((id) => id === value);
    case 'text':
    case 'time':
      return text(value);
    case 'duration':
      return typeof value === 'number' ? writeDuration(value) : text(value);
    case 'numbers':
      return Array.isArray(value) ? value.filter((one) => finite(one) !== undefined) : undefined;
    case 'choices':
      if (!Array.isArray(value)) {
        return undefined;
      }
      return isUnordered
        ? ids.filter((id) => value.includes(id))
        : [...new Set(value)].filter(isOneOf(ids));
    case 'number-by-id':
      return numbers(value, (name) => ids.includes(name));
    case 'number-by-name':
      return numbers(value, () => true);
    case 'interval':
      return undefined;
  }
}

const isOneOf =
  (ids: readonly string[]) =>
  (value: unknown): value is string =>
    ids.some((id) => id === value);

/** A number; editors leave null in a field that was emptied. */
function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text that is not empty; a number becomes its digits. */
function text(value: unknown): string | undefined {
  const written = typeof value === 'number' ? String(value) : value;
  return typeof written === 'string' && written !== '' ? written : undefined;
}

function numbers(value: unknown, isKnown: (name: string) => boolean): Record<string, number> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([name, one]) => {
      const number = finite(one);
      return number === undefined || !isKnown(name) ? [] : [[name, number]];
    })
  );
}
