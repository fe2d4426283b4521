// Recordings of real engines, answered by the command-line program and compared with what is true
// of them.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { diagnose } from '../live/program.mjs';
import { clientFinished, clientQuantile, clientSignals, readClient } from './client.mjs';

const folder = path.join(import.meta.dirname, 'recordings');

/** Scrapes by which `since` may miss the onset, before it and after it. */
const onsetScrapes = { before: 2, after: 6 };

/** Quantiles that are compared with the clients'. */
const quantiles = [0.5, 0.95];

/**
 * What `expected.json` says of one window of one recording.
 *
 * @typedef {{
 *   right: string[];
 *   accepted?: string[];
 *   open?: string;
 *   late?: string;
 *   client?: 'starved';
 *   below?: string[];
 * }} Expectation
 */

/** @type {Record<string, Record<string, Expectation>>} */
export const expected = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'expected.json'), 'utf8'),
);

/** Ids of the recordings, in order. */
export const recordings = readdirSync(folder).sort();

/** What is true of a recording; README.md names the fields. */
export function truthOf(id) {
  return JSON.parse(readFileSync(path.join(folder, id, 'truth.json'), 'utf8'));
}

/**
 * Answers every window of a recording, a row each.
 *
 * `standing` is what the verdict counts as: `right`; `neighbour`, another cause that is accepted;
 * `no cause yet` or `not told`, an accepted cannot-tell where the right cause does not exist or
 * does; `wrong` or `false healthy`. `late`
 * is by how many seconds `since` lies behind the onset. `intervals` tells of every quantile whether
 * the clients' lies `inside` the proven interval, `above` or `below` it; it is empty where the
 * clients were starved and measured themselves. `finished` is how many requests they saw finish.
 */
export async function replay(id) {
  const truth = truthOf(id);
  const client = readClient(path.join(folder, id, 'client.jsonl.gz'));
  const rows = [];
  for (const [window, span] of Object.entries(truth.windows)) {
    const wanted = expected[id]?.[window];
    if (!wanted) throw new Error(`tests/engines/expected.json says nothing of ${id}, ${window}`);
    const report = await answered(id, truth, span);
    const starved = wanted.client === 'starved';
    rows.push({
      ...{ id, window, truth, report, wanted },
      verdict: report.verdict.id,
      standing: standing(report, wanted),
      late: lateness(report, truth, window),
      intervals: starved ? [] : intervals(report, client, truth.scrape_s),
      finished: starved
        ? undefined
        : clientFinished(client, secondsOf(report.window), truth.scrape_s),
    });
  }
  return rows;
}

async function answered(id, truth, span) {
  const window = span ? ['--window', span.map((second) => Math.round(second)).join('..')] : [];
  const response = path.join(folder, id, 'response.json.gz');
  const answer = await diagnose(['--response', response, '--slo', truth.slo, ...window]);
  if (!answer.report) throw new Error(`${id}: ${answer.stderr}`);
  return answer.report;
}

function standing({ verdict, findings }, { right, accepted = [] }) {
  if (right.includes(verdict.id)) return 'right';
  if (!accepted.includes(verdict.id)) return verdict.id === 'healthy' ? 'false healthy' : 'wrong';
  if (verdict.id !== 'cannot-tell') return 'neighbour';
  return findings.some(({ id }) => right.includes(id)) ? 'not told' : 'no cause yet';
}

function lateness(report, truth, window) {
  const { since } = report.verdict;
  if (window === 'before' || truth.onset === null || since === undefined) return undefined;
  return since / 1000 - truth.onset;
}

/** Whether `since` lies where it may. */
export function isNearOnset({ late, truth }) {
  return (
    late >= -onsetScrapes.before * truth.scrape_s && late <= onsetScrapes.after * truth.scrape_s
  );
}

function secondsOf({ start, end }) {
  return { start: start / 1000, end: end / 1000 };
}

function intervals(report, client, scrape) {
  const found = [];
  for (const signal of clientSignals) {
    for (const q of quantiles) {
      const proven = report.signals[signal]?.quantiles.find((one) => one.q === q);
      const seen = proven && clientQuantile(client, signal, q, secondsOf(report.window), scrape);
      if (seen) found.push({ signal, q, place: placeOf(seen, proven), proven, seen });
    }
  }
  return found;
}

function placeOf(seen, { lo, hi }) {
  if (seen.most < lo) return 'below';
  return hi !== undefined && seen.least > hi ? 'above' : 'inside';
}
