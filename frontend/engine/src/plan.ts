/** How to write the queries that the core needs of one engine. */
export interface PlanOptions {
  /** Step of the range queries in milliseconds; hosts write their own variable instead. */
  stepMs: number;
  /** Label matchers without braces, e.g. `model_name="gemma"`; absent: every series. */
  matchers?: string | undefined;
  /** Metric name prefix; absent: the engine's own. */
  prefix?: string | undefined;
  /** Who sends the queries, which decides how the step is written; absent: plain PromQL. */
  dialect?: 'promql' | 'grafana' | 'perses' | undefined;
  /**
   * Whether counters and histograms stay apart by replica, or are summed over all replicas of a
   * model; absent: replica.
   */
  grouping?: 'replica' | 'model' | undefined;
  /**
   * Instances that the plan's watch named; absent: it was not asked, and sums hold whatever
   * happened.
   */
  apart?: readonly string[] | undefined;
  /**
   * Namespaces of the engines, as the labels of the probe's answer name them: what schedulers tell
   * of them is asked for too. Absent: nothing of it is.
   */
  namespaces?: readonly string[] | undefined;
}

/** All queries of one panel. */
export interface Plan {
  /**
   * An instant query whose answer, a range vector of ten minutes, tells scrape interval, metric
   * prefix and the namespaces of the engines.
   */
  probe: string;
  /** One query for everything, unaggregated. */
  rawSelector: string;
  /**
   * A range query on the grid of the planned ones: names by `instance` the engines that came, went
   * or restarted, but for those already apart. Empty where the queries do not depend on it.
   */
  watch: string;
  /** The planned queries, for range queries whose step is `stepMs`. */
  queries: PlannedQuery[];
}

export interface PlannedQuery {
  /** What it brings, e.g. `queue_time`. */
  role: string;
  promql: string;
}

/** The times a range query is evaluated at. */
export interface FetchRange {
  /** First evaluation, Unix milliseconds. */
  start: number;
  /** Last evaluation, Unix milliseconds. */
  end: number;
  /** Distance of two evaluations, milliseconds. */
  step: number;
}

/** What a history is wanted for besides the baseline that the settings name. */
export interface HistoryOptions {
  /**
   * How much of the past before the end of the range, milliseconds; absent: what a baseline needs.
   */
  length?: number | undefined;
  /**
   * How much behind an earlier baseline, milliseconds, so that a later range finds its baseline in
   * the same history; absent: nothing.
   */
  ahead?: number | undefined;
}

/**
 * The module answers a flat list: the probe, the raw selector, the watch, then role and query in
 * turn.
 */
export function planFromList(list: string[]): Plan {
  const [probe = '', rawSelector = '', watch = '', ...rest] = list;
  const queries = rest.flatMap((role, index) =>
    index % 2 === 0 ? [{ role, promql: rest[index + 1] ?? '' }] : [],
  );
  return { probe, rawSelector, watch, queries };
}

/** A serving engine that the core knows. */
export interface ServingEngine {
  /** Stable id, e.g. `vllm`. */
  id: string;
  /** Name for people. */
  title: string;
}

/** The module answers a flat list: id and title in turn. */
export function servingEnginesFromList(list: string[]): [ServingEngine, ...ServingEngine[]] {
  const [first, ...others] = list.flatMap((id, index) =>
    index % 2 === 0 ? [{ id, title: list[index + 1] ?? id }] : [],
  );
  if (first === undefined) throw new Error('the module knows no serving engine');
  return [first, ...others];
}
