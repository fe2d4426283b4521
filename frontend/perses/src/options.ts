// The panel's options: the settings of the core, the same everywhere, and what only a panel has.

import type { PartialSettings } from '@inference-triage/engine';
import { readDuration, readTime } from './times.js';

/** Unix milliseconds, or RFC 3339 as in `2026-01-31T14:00:00Z`. */
export type Time = number | string;

/** Milliseconds, or a duration as in `1d`. */
export type Duration = number | string;

/** What stands under `spec` of the panel's plugin. Everything may be left out. */
export type InferenceTriageOptions = Omit<PartialSettings, 'window' | 'baseline'> & {
  /** The interval to diagnose; absent: the last tenth of the range, at least 5 minutes. */
  window?: { start: Time; end: Time } | undefined;
  baseline?:
    | (Omit<NonNullable<PartialSettings['baseline']>, 'start' | 'end' | 'offset'> & {
        start?: Time | undefined;
        end?: Time | undefined;
        offset?: Duration | undefined;
      })
    | undefined;
  /** How close the lines stand. */
  density?: 'compact' | 'comfortable' | undefined;
  /** IANA name of the zone for times, e.g. `UTC`; absent: the browser's. */
  timeZone?: string | undefined;
};

/** A new panel has no options: every default is the core's. */
export function createInitialOptions(): InferenceTriageOptions {
  return {};
}

/**
 * The part that the core knows, in its units. Throws an {@link OptionError} for a time that cannot
 * be read.
 */
export function settingsOf(options: InferenceTriageOptions): PartialSettings {
  const { window, baseline, ...settings } = options;
  delete settings.density;
  delete settings.timeZone;
  return {
    ...settings,
    ...(window === undefined ? {} : { window: readInterval(window) }),
    ...(baseline === undefined ? {} : { baseline: readBaseline(baseline) }),
  };
}

function readInterval({ start, end }: { start: Time; end: Time }): { start: number; end: number } {
  return { start: readTime("window's start", start), end: readTime("window's end", end) };
}

function readBaseline({
  start,
  end,
  offset,
  ...rest
}: NonNullable<InferenceTriageOptions['baseline']>): NonNullable<PartialSettings['baseline']> {
  return {
    ...rest,
    ...(start === undefined ? {} : { start: readTime("baseline's start", start) }),
    ...(end === undefined ? {} : { end: readTime("baseline's end", end) }),
    ...(offset === undefined ? {} : { offset: readDuration("baseline's distance", offset) }),
  };
}
