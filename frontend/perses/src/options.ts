// The panel's options: the settings of the core, the same everywhere, and what only a panel has.

import type { PartialSettings } from '@inference-triage/engine';

/** What stands under `spec` of the panel's plugin. Everything may be left out. */
export type InferenceTriageOptions = PartialSettings & {
  /** How close the lines stand. */
  density?: 'compact' | 'comfortable' | undefined;
  /** IANA name of the zone for times, e.g. `UTC`; absent: the browser's. */
  timeZone?: string | undefined;
};

/** A new panel has no options: every default is the core's. */
export function createInitialOptions(): InferenceTriageOptions {
  return {};
}

/** The part that the core knows; it refuses every other field. */
export function settingsOf(options: InferenceTriageOptions): PartialSettings {
  const { density: _density, timeZone: _timeZone, ...settings } = options;
  return settings;
}
