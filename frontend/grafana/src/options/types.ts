import {
  idsOf,
  settingsOfHost,
  SETTINGS_SCHEMA,
  withValueAt,
  type Section,
  type Setting,
  type WrittenSettings,
} from '@inference-triage/engine';

/**
 * Settings in the panel's options; times and durations are text, and any text may hold variables.
 */
type Written = Omit<WrittenSettings<string>, 'schema' | 'window' | 'quantiles'>;

/**
 * What the saved options of a panel look like. A field that is absent or empty takes the default of
 * the core.
 */
export type PhasesOptions = Written &
  Required<{
    [Part in 'slo' | 'baseline' | 'scope' | 'limits' | 'sections']: NonNullable<Written[Part]>;
  }> & {
    /** Version of this shape, the one of the core's settings. */
    schema: typeof OPTIONS_SCHEMA;
    /** What the queries of the set-up card sum away. */
    grouping: 'replica' | 'model';
    /** Address of the page of a cause, with `{cause}` for its id; may hold variables. */
    runbook?: string;
  };

/** Version of the options that this release writes. */
export const OPTIONS_SCHEMA = SETTINGS_SCHEMA;

/** The settings that are options of this panel. */
export const OPTION_SETTINGS: readonly Setting[] = settingsOfHost('grafana');

/** Every part of the view in reading order. */
export const ALL_SECTIONS: readonly Section[] = idsOf('sections');

/** A panel nobody has touched. */
export function defaultOptions(): PhasesOptions {
  const empty: PhasesOptions = {
    schema: OPTIONS_SCHEMA,
    slo: {},
    baseline: {},
    scope: {},
    limits: {},
    sections: [],
    grouping: 'replica',
  };
  return OPTION_SETTINGS.reduce((options, setting) => {
    const value = initialValue(setting);
    return value === undefined ? options : withValueAt(options, setting.path, value);
  }, empty);
}

/** What Grafana keeps of a setting nobody has touched: a choice as it is, so that it stays. */
function initialValue(setting: Setting): unknown {
  switch (setting.kind) {
    case 'choice':
    case 'choices':
      return setting.default;
    case 'number-by-id':
    case 'number-by-name':
      return {};
    default:
      return undefined;
  }
}
