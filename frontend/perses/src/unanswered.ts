// Queries of the panel that brought no result. Perses tells a panel neither that a query failed nor
// that it still runs; both are missing from its results.

import type { Notice } from '@inference-triage/engine';
import type { PanelDefinition, QueryDefinition, QueryResult } from './perses.js';
import { queryText } from './query-batch.js';

/**
 * The panel's own queries without a result; none where the application keeps the queries outside
 * the definition.
 */
export function unansweredQueries(
  definition: PanelDefinition | undefined,
  results: readonly QueryResult[],
): QueryDefinition[] {
  const answers = new Map<string, number>();
  for (const result of results) {
    if (result.data === undefined) continue;
    const key = keyOf(result.definition);
    answers.set(key, (answers.get(key) ?? 0) + 1);
  }
  return (definition?.spec.queries ?? []).filter((query) => {
    const left = answers.get(keyOf(query)) ?? 0;
    answers.set(keyOf(query), left - 1);
    return left <= 0;
  });
}

/** The name of a query for people: what its author called it, the role it brings, or its text. */
export function titleOf(definition: QueryDefinition): string {
  const text = queryText(definition) ?? definition.spec.plugin.kind;
  const role = /"triage_role", "([a-z0-9_]+)/.exec(text)?.[1];
  return definition.spec.name ?? role ?? (text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

/** One warning for all of them; nothing when every query answered. */
export function unansweredNotices(unanswered: readonly QueryDefinition[]): Notice[] {
  const [first, ...others] = unanswered;
  if (first === undefined) return [];
  const cure = "The icon in the panel's header tells why a query failed.";
  if (others.length === 0) {
    return [
      {
        level: 'warning',
        text: `One query of this panel brought no result. ${cure}`,
        query: titleOf(first),
      },
    ];
  }
  const titles = unanswered.map(titleOf).join(', ');
  return [
    {
      level: 'warning',
      text: `${unanswered.length} queries of this panel brought no result: ${titles}. ${cure}`,
    },
  ];
}

function keyOf({ spec }: QueryDefinition): string {
  return JSON.stringify([spec.plugin.kind, spec.plugin.spec]);
}
