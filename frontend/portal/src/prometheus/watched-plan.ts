import type { PrometheusClient } from './client.js';
import type { FeedPlan, Planner } from './feed.js';
import type { Grid } from './grid.js';
import { instancesOf } from './watch.js';

/**
 * Instances apart times steps: 2.4 million samples, whose text is half of what a session keeps.
 * With fewer, a fleet of which some restarted would be asked blindly, which costs a server ten
 * times as much for each of its engines; twice as many might not be kept.
 */
const MOST_APART = 8_000;

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
