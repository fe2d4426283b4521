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
 * What the planned queries ask the layers around the engines by, in hosts with variables. Where
 * nobody defines it, the text stands as it is and selects nothing.
 */
const NAMESPACES = ['$namespace'];

/** For the message of hosts with variables: which queries need one. */
export const NAMESPACE_HINT =
  'Queries with $namespace read what surrounds the engines (scheduler, devices, CPU quotas); except for Kueue, they select nothing until a dashboard variable "namespace" holds the namespaces of the engines.';

/**
 * The set-up card of a serving engine, e.g. `vllm`: everything in one query first, then the plan
 * query by query, in hosts with variables also of the layers around the engine.
 */
export function setupFor(
  engine: Engine,
  message: string,
  profile: string,
  options: PlanOptions,
): Setup {
  const plan = engine.plan(profile, options);
  const hasVariables = options.dialect !== undefined && options.dialect !== 'promql';
  const layered = hasVariables ? { ...options, namespaces: NAMESPACES } : options;
  const planned = engine
    .plan(profile, layered)
    .queries.map(({ role, promql }) => ({ title: role, promql }));
  return {
    message,
    queries: [{ title: 'everything in one query', promql: plan.rawSelector }, ...planned],
    found: [],
  };
}
