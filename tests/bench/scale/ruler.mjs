// A thousand replicas that report every 15 s to both servers, and the rules of `rules --recordings
// plan` evaluated over them by Prometheus itself and by vmalert: what a minute of recordings costs.

import assert from 'node:assert/strict';

import { startVmalert } from '../../../deploy/steps/victoria-metrics.mjs';
import { rulesOf } from '../../rules/promtool.mjs';
import { metricsOf, scrape } from '../fleet-response.mjs';
import { processorMs } from '../queries/wire.mjs';
import { percentiles } from '../ratio.mjs';
import { Replica } from '../replica.mjs';
import { encodeLabels, Scrape, sendScrapes, WriteRequest } from './remote-write.mjs';
import { withServers } from './servers.mjs';

export const replicas = 1000;
/** Scrapes before the rules begin: growth within a minute needs one that old. */
const before = 12;
const requestBytes = 8_000_000;
/** Replicas in one request. */
const together = 100;
/** Milliseconds in which no rule is evaluated, and the minutes in which they are. */
const idleMs = 2 * scrape * 1000;
const minutes = 2;
const minuteMs = 60_000;
/** How long the first evaluation may take to come: a group begins within its first minute. */
const patienceMs = 100_000;
const recorded = '{__name__=~"inference_triage:.+"}';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const instanceOf = (number) => `pod-${String(number).padStart(4, '0')}`;

/** Rows of both rulers, and `names`: what each recorded, as `seriesNames` writes it. */
export function measureRulers(say) {
  return withServers(async (servers) => {
    const fleet = new LiveFleet(servers);
    say(`${replicas} replicas into both servers: ${before} scrapes, then one every ${scrape} s`);
    await fleet.begin();
    const rulers = [];
    try {
      // What was written at once is still being put in order.
      await wait(scrape * 1000);
      const idle = await spent(servers, idleMs);
      const rules = await minuteGroup();
      say('the rules begin: up to a minute until they are evaluated first');
      const [prometheus, victoria] = servers;
      prometheus.loadRules(rules);
      rulers.push(await startVmalert(victoria.url, rules));
      const watched = [prometheus, victoria, rulers[0]];
      await Promise.all(servers.map(firstEvaluation));
      const rounds = [];
      for (let minute = 0; minute < minutes; minute++) {
        say(`minute ${minute + 1} of ${minutes}`);
        rounds.push(await spent(watched, minuteMs));
      }
      const names = await Promise.all(servers.map(seriesNames));
      assert.deepEqual(names[0], names[1]);
      return { ...rowsOf(servers, { idle, rounds, late: fleet.late }), names: names[0] };
    } finally {
      await fleet.end();
      for (const ruler of rulers) await ruler.stop();
    }
  });
}

/** The recording rules of a minute, without those of alerts and of five minutes. */
async function minuteGroup() {
  const [head, group] = (await rulesOf(['--recordings', 'plan'])).split(/^(?=- name: )/m);
  assert.match(group, /^- name: inference-triage-growth\n {2}interval: 1m\n/);
  return head + group;
}

/** Milliseconds of processor time of each process within some time. */
async function spent(processes, ms) {
  const start = processes.map(({ pid }) => processorMs(pid));
  await wait(ms);
  return processes.map(({ pid }, index) => processorMs(pid) - start[index]);
}

/** Returns some seconds after the first recordings: a minute holds one whole evaluation then. */
async function firstEvaluation({ query }) {
  const deadline = Date.now() + patienceMs;
  while ((await query(`count(${recorded})`, Date.now() / 1000)).length === 0) {
    assert.ok(Date.now() < deadline, 'the rules were not evaluated');
    await wait(1000);
  }
  await wait(scrape * 1000);
}

/** Name and labels of what was recorded, sorted. */
async function seriesNames({ query }) {
  const series = await query(recorded, Date.now() / 1000);
  return namesOf(series.filter(({ metric }) => !metric.__name__.includes(':objective_')));
}

/** Each series as one text. */
export function namesOf(series) {
  return series.map(({ metric }) => JSON.stringify(Object.entries(metric).sort())).sort();
}

function rowsOf(servers, { idle, rounds, late }) {
  const series = (replicas * metricsOf({}).length).toLocaleString('en');
  const records = servers.map(({ id, where }, index) => {
    const asIdle = (idle[index] / idleMs) * minuteMs;
    // The second server's ruler is a process of its own.
    const ruler = (round) => (id === 'prometheus' ? 0 : round[2]);
    const costs = rounds.map((round) => round[index] - asIdle + ruler(round));
    return {
      id: `scale.ruler.${id}`,
      what: `the ruler over ${replicas.toLocaleString('en')} replicas (${series} series), for each minute of recordings: processor time`,
      where: id === 'prometheus' ? where : `${where} and vmalert`,
      ...{ unit: 'ms', spread: percentiles(costs) },
    };
  });
  assert.ok(late < scrape * 1000, `scrapes came ${late} ms late`);
  return { records };
}

/** Replicas that go on while they are measured. */
class LiveFleet {
  #servers;
  #members;
  #begin = Date.now() - before * scrape * 1000;
  #index = 0;
  #isOver = false;
  #running;
  /** Most milliseconds by which a scrape was late. */
  late = 0;

  constructor(servers) {
    this.#servers = servers;
    const metrics = metricsOf({});
    const start = Math.floor(this.#begin / 1000);
    const labelsOf = relabelled(metrics);
    this.#members = Array.from({ length: replicas }, (_, number) => ({
      replica: new Replica(metrics, { seed: 17 + number, scrapes: 5760, start }),
      labels: labelsOf(number),
    }));
  }

  /** The scrapes of the past, then the others by themselves. */
  async begin() {
    const request = new WriteRequest();
    for (const member of this.#members) {
      addPast(request, member, this.#begin);
      if (request.length > requestBytes) await request.send(this.#servers);
      member.scrape = new Scrape(member.labels);
    }
    if (request.length > 0) await request.send(this.#servers);
    this.#index = before;
    while (this.#due() < Date.now()) await this.#scrape();
    this.#running = this.#goOn();
  }

  async end() {
    this.#isOver = true;
    await this.#running;
  }

  #due() {
    return this.#begin + this.#index * scrape * 1000;
  }

  async #goOn() {
    while (!this.#isOver) {
      const late = Date.now() - this.#due();
      this.late = Math.max(this.late, late);
      await (late < 0 ? wait(200) : this.#scrape());
    }
  }

  async #scrape() {
    const time = this.#due();
    for (let first = 0; first < replicas; first += together) {
      const parts = this.#members.slice(first, first + together).map((member) => {
        member.replica.advance(this.#index);
        return member.scrape.at(time, member.replica.values());
      });
      await sendScrapes(this.#servers, parts);
    }
    this.#index++;
  }
}

/** Encoded labels of each replica's series: those of the first with another name in their place. */
function relabelled(metrics) {
  const encoder = new TextEncoder();
  const first = metrics.map((metric) => encodeLabels({ ...metric, instance: instanceOf(0) }));
  const places = first.map((labels) => Buffer.from(labels).indexOf(instanceOf(0)));
  return (number) => {
    const name = encoder.encode(instanceOf(number));
    return first.map((labels, at) => {
      const own = labels.slice();
      own.set(name, places[at]);
      return own;
    });
  };
}

function addPast(request, { replica, labels }, begin) {
  const columns = labels.map(() => []);
  const times = [];
  for (let index = 0; index < before; index++) {
    replica.advance(index);
    times.push(begin + index * scrape * 1000);
    replica.values().forEach((value, at) => columns[at].push(value));
  }
  labels.forEach((label, at) => request.add(label, times, columns[at]));
}
