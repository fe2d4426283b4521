import type { PrometheusClient } from './client.js';
import { QueryFailure } from './failure.js';
import type { Grid } from './grid.js';

/** One query of a plan with the times it is wanted for. */
export interface PlannedFetch {
  /** What the answer is, e.g. `queue_time_bucket`. */
  role: string;
  promql: string;
  grid: Grid;
}

/** The answers of a plan, as far as there are any. */
export interface PlanAnswers {
  /** Bytes by query text. */
  responses: Map<string, Uint8Array>;
  /** Failures by query text, when other queries were answered. */
  failures: Map<string, QueryFailure>;
}

/** Queries that are under way at the same time: Prometheus answers at most 20 for everybody. */
const CONCURRENCY = 4;

/**
 * Asks every query, four at a time. One that fails does not stop the rest; when none is answered,
 * or the first failure shows that none will be, rejects with that failure. `onProgress` is told how
 * many are done.
 */
export async function fetchPlan(
  client: PrometheusClient,
  queries: readonly PlannedFetch[],
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<PlanAnswers> {
  const answers: PlanAnswers = { responses: new Map(), failures: new Map() };
  const rest = new AbortController();
  const stop = (): void => rest.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let hopeless: QueryFailure | undefined;
  let next = 0;

  const work = async (): Promise<void> => {
    for (
      let query = queries[next++];
      query !== undefined && !rest.signal.aborted;
      query = queries[next++]
    ) {
      try {
        answers.responses.set(
          query.promql,
          await client.queryRange(query.promql, query.grid, rest.signal),
        );
      } catch (error) {
        if (!(error instanceof QueryFailure)) throw error;
        if (rest.signal.aborted) return;
        answers.failures.set(query.promql, error);
        if (answers.responses.size === 0 && !error.isOneQuery) {
          hopeless = error;
          stop();
          return;
        }
      }
      onProgress(answers.responses.size + answers.failures.size, queries.length);
    }
  };

  try {
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, queries.length) }, work));
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) throw new QueryFailure('cancelled', 'the request was cancelled');
  const [first] = answers.failures.values();
  if (hopeless !== undefined) throw hopeless;
  if (answers.responses.size === 0 && first !== undefined) throw first;
  return answers;
}
