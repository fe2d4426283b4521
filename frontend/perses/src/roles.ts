// What a series is, where neither its labels nor its query say so: a name the author of the
// dashboard gave.

import type { Engine, SeriesKind } from '@inference-triage/engine';
import type { QueryDefinition, TimeSeries } from './perses.js';

/** A role with the reading of its values, as a sample batch takes them. */
export interface Role {
  role: string;
  kind?: SeriesKind;
}

/** Finds roles by name. */
export interface RoleFinder {
  /** The role of a series; undefined leaves it to the core, which reads labels and query. */
  find(
    series: TimeSeries,
    definition: QueryDefinition,
    query: string | undefined,
  ): Role | undefined;
}

/** Labels by which the core knows a series for certain. */
const CERTAIN_LABELS = ['triage_role', '__name__'];

const METRIC_NAME = /[A-Za-z_:][\w:]*/g;

/**
 * A finder for the roles that the engine's own plan names, e.g. `queue_time`, also as
 * `queue_time_bucket`.
 */
export function roleFinder(
  engine: Pick<Engine, 'plan' | 'prefixOfName' | 'servingEngines'>,
  profile = engine.servingEngines[0].id,
): RoleFinder {
  // In this dialect every role has a query of its own.
  const { queries } = engine.plan(profile, { stepMs: 1000, dialect: 'perses' });
  const known = new Set(queries.map(({ role }) => role));
  const isRole = (name: string): boolean =>
    known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, ''));
  const namesMetric = (query: string): boolean =>
    (query.match(METRIC_NAME) ?? []).some((word) => engine.prefixOfName(word) !== undefined);
  return {
    find({ labels = {}, formattedName, name }, { spec }, query) {
      if (CERTAIN_LABELS.some((label) => labels[label] !== undefined)) return undefined;
      if (query !== undefined && namesMetric(query)) return undefined;
      for (const candidate of [spec.name, formattedName, name]) {
        // A name may say more, as the label does: `queue_time_bucket/rate/60000`.
        const [role = '', ...reading] = candidate?.trim().split('/') ?? [];
        if (!isRole(role)) continue;
        const kind = reading.length === 0 ? kindOf(query) : undefined;
        return { role: [role, ...reading].join('/'), ...(kind === undefined ? {} : { kind }) };
      }
      return undefined;
    },
  };
}

/** A query that computes a rate of a recorded series says so in its text; its name does not. */
function kindOf(query: string | undefined): SeriesKind | undefined {
  if (query?.includes('rate(')) return 'rate';
  return query?.includes('increase(') ? 'increase' : undefined;
}
