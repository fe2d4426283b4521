// Two clients of one server: the element's own feed with the planned queries, and a dashboard that
// asks for every line.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { root } from '../../../deploy/steps/process.mjs';
import { firstEnd, rangeMs } from './fleet.mjs';

const built = (file) => import(pathToFileURL(path.join(root, 'frontend', file)).href);

/**
 * The page's `fetch` for a fleet whose present lies in the past: without the server's time of day,
 * in question and answer.
 */
async function fetchInThePast(input, init) {
  if (new URL(input).pathname.endsWith('/query')) init.body.set('time', String(firstEnd / 1000));
  const response = await fetch(input, init);
  const headers = new Headers(response.headers);
  headers.delete('date');
  return new Response(response.body, { status: response.status, headers });
}

/** Loads the engine and the portal; answers the two kinds of client for the server at `url`. */
export async function clientsOf(url) {
  const { loadEngine } = await built('engine/dist/index.js');
  const { PrometheusClient, PrometheusFeed, fetchPlan, gridUpTo, stepOf, systemClock } =
    await built('portal/dist/index.js');
  const loaded = await loadEngine(
    readFileSync(path.join(root, 'frontend/engine/dist/inference_triage.wasm')),
  );
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const { engine } = loaded;

  /** The element's feed into a session, at a time that is moved by hand. */
  const planned = (grouping) => {
    let now = firstEnd;
    const clock = { ...systemClock, now: () => now };
    const session = engine.createSession();
    const client = new PrometheusClient({ url, clock, fetch: fetchInThePast });
    const plan = (stepMs, apart) => engine.plan('vllm', { stepMs, grouping, apart });
    let isWatched = false;
    const planner = {
      probe: () => plan(1_000).probe,
      plan(step, _names, apart) {
        isWatched = apart !== undefined;
        return plan(step, apart);
      },
    };
    const target = {
      load: (input) => session.load(input),
      append: (input) => session.append(input),
      span: () => rangeMs,
    };
    const feed = new PrometheusFeed(client, planner, target, { range: rangeMs });
    return {
      session,
      async refresh(expected) {
        const { fetched, failures } = await feed.refresh();
        if (grouping === 'model' && !isWatched)
          throw new Error('sums were asked for without a watch');
        if (fetched !== expected || failures.length > 0)
          throw new Error(`${fetched} with ${failures.length} failures`);
      },
      advance: (ms) => (now += ms),
      queries: plan(15_000).queries.length,
    };
  };

  /** Every line of a dashboard over the whole range, as many at a time as the feed asks. */
  const lines = async (queries) => {
    const client = new PrometheusClient({ url, fetch: fetchInThePast });
    const grid = gridUpTo(firstEnd, rangeMs, stepOf(rangeMs, 15_000));
    const answers = await fetchPlan(
      client,
      queries.map((query) => ({ ...query, grid })),
      new AbortController().signal,
    );
    if (answers.responses.size !== queries.length)
      throw new Error('a line of the dashboard was not answered');
  };
  return { planned, lines };
}
