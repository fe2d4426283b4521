// 40 replicas × 24 h at every scrape on both servers, 57.8 million samples, asked for as a user
// does: by model, by model where the fleet began within the day, and by replica.

import assert from 'node:assert/strict';

import { metricsOf, scrape, start } from '../fleet-response.mjs';
import { percentiles } from '../ratio.mjs';
import { Replica } from '../replica.mjs';
import { day } from './day.mjs';
import { diagnose } from './program.mjs';
import { encodeLabels, WriteRequest } from './remote-write.mjs';
import { costOf, settle, withServers } from './servers.mjs';

/** Scrapes in a request: servers take samples of about one hour in any order. */
const slice = 240;
/** Scrapes before the day: nobody comes at its beginning. */
const past = 20;
const requestBytes = 8_000_000;
/** A diagnosis takes one of them many seconds. */
const rounds = { prometheus: 2, 'victoria-metrics': 3 };
const what = `${day.replicas} replicas × 24 h at ${scrape} s`;
const end = start + (day.scrapes - 1) * scrape;

/** Rows of both servers. */
export function measureDayOnServers(say) {
  return withServers(async (servers) => {
    say(`${what} into Prometheus and VictoriaMetrics`);
    await fill(servers);
    const outcome = { records: [], sizes: [] };
    for (const server of servers) {
      say(`a day of the fleet, asked of ${server.where}`);
      await measureServer(server, outcome);
    }
    return outcome;
  });
}

async function fill(servers) {
  const metrics = metricsOf({});
  const fleet = Array.from({ length: day.replicas }, (_, number) => ({
    replica: new Replica(metrics, { seed: 17 + number, scrapes: day.scrapes, start }),
    labels: metrics.map((metric) => encodeLabels({ ...metric, instance: `pod-${number}` })),
  }));
  const request = new WriteRequest();
  for (let first = -past; first < day.scrapes; first += slice) {
    for (const one of fleet) {
      add(request, one, [first, Math.min(first + slice, day.scrapes)]);
      if (request.length > requestBytes) await request.send(servers);
    }
    if (request.length > 0) await request.send(servers);
  }
  await settle(servers);
}

function add(request, { replica, labels }, [first, last]) {
  const columns = labels.map(() => []);
  const millis = [];
  for (let index = first; index < last; index++) {
    replica.advance(index);
    millis.push((start + index * scrape) * 1000);
    replica.values().forEach((value, at) => columns[at].push(value));
  }
  labels.forEach((label, at) => request.add(label, millis, columns[at]));
}

async function measureServer(server, outcome) {
  const ask = (grouping, first = end - 86_400) => {
    const times = ['--start', String(first), '--end', String(end), '--progress', 'never'];
    const args = ['--url', server.counter.url, ...times, '--grouping', grouping];
    return costOf(server, () => diagnose(args));
  };
  const costs = [];
  for (let round = 0; round < rounds[server.id]; round++) costs.push(await ask('model'));
  const young = await ask('model', start - (past + 2) * scrape);
  for (const { report, stderr } of [...costs, young])
    assert.ok(report?.window.finished_requests > 0, stderr);
  const replicas = await ask('replica');
  assert.equal(replicas.report?.scopes?.[0]?.replicas.length, day.replicas, replicas.stderr);
  addRows(server, outcome, { costs, young, replicas });
}

function addRows({ id, where }, { records, sizes }, { costs, young, replicas }) {
  sizes.push({
    id: `scale.day.${id}.peak`,
    what: `${what}, by model from ${where}: peak memory of the program`,
    ...{ value: Math.max(...costs.map(({ peak }) => peak)) / 1e6, unit: 'MB' },
    detail:
      `by replica ${Math.round(replicas.peak / 1e6)} MB; by model, of a fleet that began within ` +
      `the day, ${Math.round(young.peak / 1e6)} MB`,
  });
  const kinds = {
    wall: ['the whole diagnosis', 'ms', 1],
    processor: ['server processor time', 'ms', 1],
    bytes: ['bytes on the wire (gzip)', 'kB', 1e-3],
  };
  const ways = {
    ', by model': costs,
    ', of a fleet that began within it, by model': [young],
    ', by replica': [replicas],
  };
  for (const [kind, [words, unit, scale]] of Object.entries(kinds))
    for (const [way, those] of Object.entries(ways))
      records.push({
        what: `${what}${way}: ${words}`,
        ...{ where, unit, spread: percentiles(those.map((one) => one[kind] * scale)) },
      });
}
