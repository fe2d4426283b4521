// Six hours of a thousand replicas from recordings, on both servers: what the rules made of raw
// series, laid into a server with the states of every replica, and the diagnosis of it.

import assert from 'node:assert/strict';

import { startVictoriaMetrics } from '../../../deploy/steps/victoria-metrics.mjs';
import { recordedSeries } from '../../live/recorded.mjs';
import { metricsOf, scrape, start } from '../fleet-response.mjs';
import { percentiles } from '../ratio.mjs';
import { Replica } from '../replica.mjs';
import { lowerBound } from '../sums.mjs';
import { diagnose } from './program.mjs';
import { encodeLabels, WriteRequest } from './remote-write.mjs';
import { instanceOf, namesOf, replicas } from './ruler.mjs';
import { costOf, settle, withServers } from './servers.mjs';

/** Replicas whose series the rules read; each stands for as many of the thousand. */
const models = 10;
const each = replicas / models;
const scrapes = 1480;
/** Whole minutes: six hours, and what the first growth needs before them. */
const from = Math.ceil(start / 60) * 60 + 300;
const until = from + 6 * 3600;
const steps = (until - from) / 60 + 1;
const requestBytes = 8_000_000;
const rounds = 3;
const what = `${replicas.toLocaleString('en')} replicas × 6 h from recordings`;
const times = ['--start', String(from), '--end', String(until), '--progress', 'never'];

/** What a recorded diagnosis reads of every replica as it is. */
const isState = ({ __name__: name }) =>
  /^(vllm:num_requests_.*|vllm:kv_cache_usage_perc|vllm:cache_config_info|process_.*)$/.test(name);

/** Rows of both servers; `names` are those that rulers gave to what they recorded. */
export async function measureRecorded(say, names) {
  say(`six hours of ${models} replicas, and what the rules make of them`);
  const { fleet, series } = await recordings();
  assert.deepEqual(namesOf(series), names);
  return withServers(async (servers) => {
    say(`recordings and states of ${replicas} replicas into both servers`);
    const states = Array.from({ length: replicas }, (_, number) => statesOf(fleet, number));
    await fill(servers, [...series, ...states.flat()]);
    await settle(servers);
    const columns = (series.length + states.flat().length) * steps * Float64Array.BYTES_PER_ELEMENT;
    const outcome = { records: [], sizes: [] };
    const reports = [];
    for (const server of servers) {
      say(`the diagnosis of them from ${server.where}`);
      reports.push(await measureServer({ ...server, columns }, outcome));
    }
    assertSame(reports);
    return outcome;
  });
}

/** The rules evaluated over raw series, whose growth a hundred replicas of each would show. */
async function recordings() {
  const server = await startVictoriaMetrics();
  try {
    const fleet = rawFleet();
    const request = new WriteRequest();
    for (const [number, { columns, metrics, times: millis }] of fleet.entries()) {
      metrics.forEach((metric, at) =>
        request.add(encodeLabels({ ...metric, instance: instanceOf(number) }), millis, columns[at]),
      );
      await request.send([server]);
    }
    await server.flush();
    const found = await recordedSeries(server, { start: from, end: until });
    const series = found.map(({ metric, values }) => ({
      metric,
      labels: encodeLabels(metric),
      times: Float64Array.from(values, ([time]) => time * 1000),
      column: Float64Array.from(values, ([, value]) => Number(value) * each),
    }));
    return { fleet, series };
  } finally {
    await server.stop();
  }
}

function rawFleet() {
  const metrics = metricsOf({});
  return Array.from({ length: models }, (_, number) => {
    const replica = new Replica(metrics, { seed: 17 + number, scrapes, start });
    const columns = metrics.map(() => new Float64Array(scrapes));
    const millis = new Float64Array(scrapes);
    for (let index = 0; index < scrapes; index++) {
      replica.advance(index);
      millis[index] = (start + index * scrape) * 1000;
      replica.values().forEach((value, at) => (columns[at][index] = value));
    }
    return { metrics, columns, times: millis };
  });
}

/** All series, an hour after the other: servers take samples of about one hour in any order. */
async function fill(servers, members) {
  const request = new WriteRequest();
  const hour = 3_600_000;
  for (let begin = start * 1000; begin <= until * 1000; begin += hour) {
    for (const { labels, times: millis, column } of members) {
      const part = [lowerBound(millis, begin), lowerBound(millis, begin + hour)];
      if (part[0] === part[1]) continue;
      request.add(labels, millis.subarray(...part), column.subarray(...part));
      if (request.length > requestBytes) await request.send(servers);
    }
    if (request.length > 0) await request.send(servers);
  }
}

/** One replica's states: those of its model, by a process that started by itself. */
function statesOf(fleet, number) {
  const { metrics, columns, times: millis } = fleet[number % models];
  const instance = instanceOf(number);
  return metrics.flatMap((metric, at) => {
    if (!isState(metric)) return [];
    const began = metric.__name__ === 'process_start_time_seconds';
    const column = began ? columns[at].map((value) => value + 3.17 * number) : columns[at];
    return [{ labels: encodeLabels({ ...metric, instance }), column, times: millis }];
  });
}

async function measureServer(server, { records, sizes }) {
  const costs = [];
  for (let round = 0; round < rounds; round++)
    costs.push(
      await costOf(server, () => diagnose(['--url', server.counter.url, ...times, '--recorded'])),
    );
  for (const { report, stderr } of costs) assert.ok(report?.window.finished_requests > 0, stderr);
  const kinds = {
    wall: ['the whole diagnosis', 'ms', 1],
    processor: ['server processor time', 'ms', 1],
    bytes: ['bytes on the wire (gzip)', 'kB', 1e-3],
  };
  for (const [kind, [words, unit, scale]] of Object.entries(kinds))
    records.push({
      id: `scale.recorded.${server.id}.${kind}`,
      what: `${what}: ${words}`,
      ...{ where: server.where, unit, spread: percentiles(costs.map((one) => one[kind] * scale)) },
    });
  const peak = Math.max(...costs.map((one) => one.peak));
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  sizes.push({
    id: `scale.recorded.${server.id}.memory`,
    what: `peak memory of the program ÷ columns, ${what} on ${server.where}`,
    ...{ value: peak / server.columns, unit: '×' },
    detail: `${megabytes(peak)} of the whole process; columns ${megabytes(server.columns)}`,
  });
  return costs[0].report;
}

/** Both servers gave the same samples. */
function assertSame([first, second]) {
  for (const report of [first, second]) assert.equal(report.scopes?.[0]?.replicas.length, replicas);
  assert.equal(second.verdict.id, first.verdict.id);
  assert.equal(second.window.finished_requests, first.window.finished_requests);
}
