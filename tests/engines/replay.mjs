// Recordings of real engines, answered by the command-line program and compared with what is true
// of them.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { diagnose } from '../live/program.mjs';
import { clientFinished, clientQuantile, clientSignals, readClient } from './client.mjs';

const folder = import.meta.dirname;

/** Scrapes by which `since` may miss the onset: two before it, and as many as make six after. */
const onsetSteps = { before: 2, after: 6 };

/** Quantiles that are compared with the clients'. */
const quantiles = [0.5, 0.95];

/**
 * Which verdict is right for each window of each recording, which neighbours are accepted, and
 * where the clients' own figures are those of a starved load generator.
 */
export const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8'));

/** Ids of the recordings, in order. */
export const recordings = readdirSync(path.join(folder, 'recordings')).sort();

/** What is true of a recording: `tests/engines/README.md` names the fields. */
export function truthOf(id) {
  return JSON.parse(readFileSync(path.join(folder, 'recordings', id, 'truth.json'), 'utf8'));
}

/**
 * Answers every window of a recording.
 *
 * A row has the verdict, what it counts as (`right`, `accepted`, `wrong` or `false healthy`), by how
 * many seconds `since` misses the onset, and for every quantile whether the clients' lies in the
 * proven interval (`inside`, `above`, `below`).
 */
export async function replay(id) {
  const truth = truthOf(id);
  const client = readClient(path.join(folder, 'recordings', id, 'client.jsonl.gz'));
  const rows = [];
  for (const [window, span] of Object.entries(truth.windows)) {
    const wanted = expected[id]?.[window];
    if (!wanted) throw new Error(`tests/engines/expected.json says nothing of ${id}, ${window}`);
    const { report, stderr, status } = await diagnose([
      ...['--response', path.join(folder, 'recordings', id, 'response.json.gz')],
      ...['--slo', truth.slo],
      ...(span ? ['--window', span.map((second) => Math.round(second)).join('..')] : []),
    ]);
    if (!report) throw new Error(`${id}, ${window}: ${stderr}`);
    rows.push({
      ...{ id, window, truth, status, report },
      verdict: report.verdict.id,
      standing: standing(report.verdict.id, wanted),
      late: lateness(report, truth, window),
      intervals: wanted.client === 'starved' ? [] : intervals(report, client, truth.scrape_s),
      finished: clientFinished(client, secondsOf(report.window), truth.scrape_s),
    });
  }
  return rows;
}

function standing(verdict, { right, accepted = [] }) {
  if (right.includes(verdict)) return 'right';
  if (accepted.includes(verdict)) return 'accepted';
  return verdict === 'healthy' ? 'false healthy' : 'wrong';
}

/** Seconds from the onset to `since`; undefined where either is not there. */
function lateness(report, truth, window) {
  const { since } = report.verdict;
  if (window === 'before' || truth.onset === null || since === undefined) return undefined;
  return since / 1000 - truth.onset;
}

/** Whether `since` is where it may be. */
export function isNearOnset(late, scrape) {
  return late >= -onsetSteps.before * scrape && late <= onsetSteps.after * scrape;
}

function secondsOf({ start, end }) {
  return { start: start / 1000, end: end / 1000 };
}

function intervals(report, client, scrape) {
  const found = [];
  for (const signal of clientSignals) {
    const engine = report.signals[signal];
    for (const q of quantiles) {
      const proven = engine?.quantiles.find((one) => one.q === q);
      const seen = proven && clientQuantile(client, signal, q, secondsOf(report.window), scrape);
      if (!seen) continue;
      const place =
        seen.most < proven.lo
          ? 'below'
          : proven.hi !== undefined && seen.least > proven.hi
            ? 'above'
            : 'inside';
      found.push({ signal, q, place, proven, seen });
    }
  }
  return found;
}
