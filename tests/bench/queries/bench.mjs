// The planned queries against one `histogram_quantile` a line, on a real Prometheus and a real
// VictoriaMetrics: processor time, bytes, waiting.

import assert from 'node:assert/strict';

import { interleave, ratioOf, spread } from '../ratio.mjs';
import { serverKinds } from '../servers.mjs';
import { clientsOf } from './clients.mjs';
import {
  dashboard,
  firstEnd,
  histograms,
  history,
  quantiles,
  replicas,
  seriesCount,
} from './fleet.mjs';
import { processorMs, startCounter } from './wire.mjs';

const rounds = { model: 5, replica: 3 };
/** Tail refreshes a round, a minute apart. */
const tails = 3;
const minute = 60_000;
const groupings = { model: 'model_name', replica: 'model_name, instance' };

export const title = 'Queries';

export const remarks = [
  `Queries: a server with ${replicas} replicas (${seriesCount().toLocaleString('en')} series), one hour at 15 s. The ` +
    'dashboard asks for p50, p95 and p99 of 11 histograms, 33 queries, and asks them again with every refresh. The plan also ' +
    'brings sums, counters and gauges, and a refresh of it asks only for the last minute. No replica restarts, comes or goes; ' +
    'by model each that does is fetched apart, for about the cost of a replica in the plan by replica. Servers with ' +
    '`histogram_quantiles()` and hosts with incremental querying take away part of the difference; neither was on.',
];

export async function measure(say) {
  const outcome = { ratios: [], records: [] };
  const backfill = history();
  for (const [id, { where, start }] of Object.entries(serverKinds)) {
    say(`history of the fleet, and ${where} with it`);
    const server = { ...(await start({ backfill })), id, where };
    try {
      await measureServer(say, server, outcome);
    } finally {
      await server.stop();
    }
  }
  return outcome;
}

async function measureServer(say, server, outcome) {
  const counter = await startCounter(server.port);
  try {
    const clients = await clientsOf(counter.url);
    const cost = costOf(server, counter);
    for (const grouping of Object.keys(groupings)) {
      say(`queries by ${grouping}, asked of ${server.where}`);
      await assertSameAnswer(server, clients, grouping);
      const measuredOf = await measureGrouping(clients, cost, grouping);
      add(outcome, { ...server, grouping }, measuredOf);
    }
  } finally {
    await counter.stop();
  }
}

/** Runs work and answers what it cost the server. */
function costOf({ pid }, counter) {
  return async (work) => {
    const before = { processor: processorMs(pid), bytes: counter.bytes(), wall: performance.now() };
    await work();
    return {
      processor: processorMs(pid) - before.processor,
      bytes: counter.bytes() - before.bytes,
      wall: performance.now() - before.wall,
    };
  };
}

/** One list of rounds for each of processor, bytes and wall. */
async function measureGrouping({ planned, lines }, cost, grouping) {
  const queries = dashboard(groupings[grouping]);
  let feed;
  const contestants = {
    lines: () => cost(() => lines(queries)),
    async plan() {
      feed = planned(grouping);
      const first = await cost(() => feed.refresh('range'));
      const sum = await cost(async () => {
        for (let tail = 0; tail < tails; tail++) {
          feed.advance(minute);
          await feed.refresh('tail');
        }
      });
      feed.session.free();
      const tail = Object.fromEntries(
        Object.entries(sum).map(([name, value]) => [name, value / tails]),
      );
      return { first, tail };
    },
  };
  const costs = await interleave(
    Object.keys(contestants),
    rounds[grouping],
    (name) => contestants[name](),
    {
      warmUps: 0,
    },
  );
  const named = costs.map(({ lines: line, plan }) => ({ lines: line, ...plan }));
  return (kind) =>
    named.map((round) =>
      Object.fromEntries(Object.entries(round).map(([name, one]) => [name, one[kind]])),
    );
}

const kinds = {
  processor: { words: 'server processor time', unit: 'ms', scale: 1 },
  bytes: { words: 'bytes on the wire (gzip)', unit: 'kB', scale: 1e-3 },
  wall: { words: 'waiting', unit: 'ms', scale: 1 },
};

function add({ ratios, records }, { id, where, grouping }, measuredOf) {
  const lines = grouping === 'model' ? 'a line a quantile' : 'a line a quantile and replica';
  // Without a server's name where it is the first that there was.
  const section = id === 'prometheus' ? 'queries' : `queries.${id}`;
  for (const [kind, { words, unit, scale }] of Object.entries(kinds)) {
    const measured = measuredOf(kind);
    for (const [ours, what] of Object.entries({
      first: 'first load',
      tail: 'refresh of the last minute',
    })) {
      ratios.push({
        id: `${section}.${grouping}.${ours}.${kind}`,
        what: `plan by ${grouping}, ${what}: ${words}`,
        against: `histogram_quantile, ${lines}`,
        ...{ where, rounds: measured.length, ratio: ratioOf(measured, ours, 'lines') },
      });
      records.push({
        what: `plan by ${grouping}, ${what}: ${words}`,
        ...{ where, unit, spread: spread(measured, ours).map((value) => value * scale) },
      });
    }
    records.push({
      what: `histogram_quantile, ${lines}: ${words}`,
      ...{ where, unit, spread: spread(measured, 'lines').map((value) => value * scale) },
    });
  }
}

/** Signals by the histogram that they report. */
const signals = {
  'vllm:time_to_first_token_seconds': 'ttft',
  'vllm:inter_token_latency_seconds': 'itl',
  'vllm:request_time_per_output_token_seconds': 'tpot',
  'vllm:e2e_request_latency_seconds': 'e2e',
  'vllm:request_queue_time_seconds': 'queue_time',
  'vllm:request_prefill_time_seconds': 'prefill_time',
  'vllm:request_decode_time_seconds': 'decode_time',
  'vllm:request_inference_time_seconds': 'inference_time',
};

/**
 * What the plan brought gives the server's own quantiles of the last five minutes, before anything
 * is timed.
 */
async function assertSameAnswer(server, { planned }, grouping) {
  const feed = planned(grouping);
  await feed.refresh('range');
  const window = { start: firstEnd - 5 * minute, end: firstEnd };
  feed.session.configure({ window });
  const report = feed.session.report();
  let compared = 0;
  for (const name of histograms().filter((histogram) => signals[histogram])) {
    const buckets = `${name}_bucket`;
    for (const q of quantiles) {
      const query = `histogram_quantile(${q}, sum by (le) (${buckets} - ${buckets} offset 5m))`;
      const [answer] = await server.query(query, firstEnd / 1000);
      const expected = Number(answer.value[1]);
      const { point } = report.signals[signals[name]].quantiles.find(
        (quantile) => quantile.q === q,
      );
      assert.ok(
        Math.abs(point - expected) <= 1e-12 * expected,
        `${name} p${100 * q}: ${point} against ${expected}`,
      );
      compared++;
    }
  }
  assert.ok(compared >= 20, `only ${compared} quantiles were compared`);
  feed.session.free();
}
