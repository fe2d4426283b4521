import type { Engine, PlanOptions } from '@inference-triage/engine';

/**
 * What a panel without a query shows: one sentence, the queries to copy, the metrics that were
 * recognised.
 */
export interface Setup {
  message: string;
  queries: { title: string; promql: string }[];
  found: string[];
}

/**
 * The set-up card of a serving engine, e.g. `vllm`: everything in one query first, then the plan
 * query by query.
 */
export function setupFor(
  engine: Engine,
  message: string,
  profile: string,
  options: PlanOptions,
): Setup {
  const plan = engine.plan(profile, options);
  const planned = plan.queries.map(({ role, promql }) => ({ title: role, promql }));
  return {
    message,
    queries: [{ title: 'everything in one query', promql: plan.rawSelector }, ...planned],
    found: [],
  };
}
