import type { PrometheusClient } from './client.js';
import type { FeedPlan, Planner } from './feed.js';
import type { Grid } from './grid.js';
import { instancesOf } from './watch.js';

/**
 * Instances apart times steps: beyond it their series would be half of what an engine takes, and
 * sums that need no watch are asked for.
 */
const MOST_APART = 4_000;

/**
 * The queries of a whole range, after the watch has told which instances they must keep apart.
 * `namespaces` are those that the probe found. Without a watch in it where the queries do without one.
 */
export async function planRange(
  client: PrometheusClient,
  planner: Planner,
  grid: Grid,
  names: readonly string[],
  signal: AbortSignal,
  namespaces: readonly string[] = [],
): Promise<FeedPlan> {
  const plan = planner.plan(grid.step, names, undefined, namespaces);
  // Without a gauge to watch, nothing would ever be seen.
  if (plan.watch && names.length > 0) {
    try {
      const steps = { ...grid, start: grid.start + grid.step };
      const apart = instancesOf(await client.queryRange(plan.watch, steps, signal));
      if ((apart.length * (grid.end - grid.start)) / grid.step <= MOST_APART) {
        return planner.plan(grid.step, names, apart, namespaces);
      }
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  return { queries: plan.queries };
}
