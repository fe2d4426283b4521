import type { Engine } from '@inference-triage/engine';
import { NAMESPACE_HINT, setupFor, type Setup } from '@inference-triage/panel';

import type { PhasesOptions } from './options/types';

const HOW = `Paste the first query below into this panel, with the format Time series and the type Range; for a large fleet, paste all of the others instead. ${NAMESPACE_HINT}`;

/**
 * What a panel without usable data shows: why, the queries of each engine to copy, and what was
 * found instead.
 */
export function setupOf(
  engine: Engine,
  why: string,
  found: readonly string[],
  { grouping, prefix = '' }: Pick<PhasesOptions, 'grouping' | 'prefix'>
): Setup {
  // Given a step, though Grafana's variables take its place in these queries.
  const options = {
    stepMs: 15_000,
    dialect: 'grafana',
    grouping,
    ...(prefix === '' ? {} : { prefix }),
  } as const;
  const engines = engine.servingEngines;
  const queries = engines.flatMap(({ id, title }) =>
    setupFor(engine, '', id, options).queries.map((query) => ({
      ...query,
      title: engines.length > 1 ? `${title}: ${query.title}` : query.title,
    }))
  );
  return { message: `${why} ${HOW}`, queries, found: [...found] };
}
