import type { PrometheusClient } from './client.js';
import { allTimedOut, QueryFailure } from './failure.js';
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
 * Time-outs in a row that end a run, as on the command line: with one, a single heavy query ends
 * it; with more, a reader waits minutes for a server that answers none.
 */
const MOST_TIME_OUTS = 3;

/**
 * Asks every query, four at a time. One that fails does not stop the rest; when none is answered,
 * the first failure shows that none will be, three in a row had no answer in time, or the answers
 * together are too large, rejects with that failure. `onProgress` is told how
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
  let timeOuts = 0;
  const budget = client.budget();

  const work = async (): Promise<void> => {
    for (
      let query = queries[next++];
      query !== undefined && !rest.signal.aborted;
      query = queries[next++]
    ) {
      try {
        answers.responses.set(
          query.promql,
          await client.queryRange(query.promql, query.grid, rest.signal, budget),
        );
        timeOuts = 0;
      } catch (error) {
        if (!(error instanceof QueryFailure)) throw error;
        if (rest.signal.aborted) return;
        answers.failures.set(query.promql, error);
        timeOuts = error.code === 'timed-out' ? timeOuts + 1 : 0;
        const isLate = timeOuts >= MOST_TIME_OUTS;
        const isFirst = answers.responses.size === 0 && !error.isOneQuery;
        if (isFirst || isLate || error.code === 'too-large') {
          hopeless = isLate ? allTimedOut(timeOuts, error) : error;
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
