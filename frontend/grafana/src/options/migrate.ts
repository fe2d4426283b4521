import type { PanelModel } from '@grafana/data';

import { readOptions } from './read';
import { OPTIONS_SCHEMA, type PhasesOptions } from './types';

/** Options of an older release, or of version 0, in today's shape. */
export function migrateOptions({ options }: Pick<PanelModel, 'options'>): PhasesOptions {
  return readOptions(options);
}

/**
 * Whether saved options are of another shape, whatever release the dashboard says they are from.
 */
export function needsMigration({ options }: Pick<PanelModel, 'options'>): boolean {
  return options?.schema !== OPTIONS_SCHEMA || hasVersionZeroTimes(options.baseline);
}

/**
 * The core's settings carry the same schema number; times and durations as numbers tell them apart.
 */
function hasVersionZeroTimes(baseline: unknown): boolean {
  const values = typeof baseline === 'object' && baseline !== null ? Object.values(baseline) : [];
  return values.some((value) => typeof value === 'number');
}
