// Simulates what burn alerts do at every rate of traffic: how often a service that meets its
// objective is paged by chance, and how surely and how soon one that misses it is. Prints the
// tables of docs/alerts.md: `node tests/rules/burn-simulation.mjs`.
//
// The lines and counts are read from the generated rules. Requests arrive at random and miss
// independently; a year a cell, minute by minute.

import { pathToFileURL } from 'node:url';

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { rulesOf } from './promtool.mjs';

const year = 365 * 24 * 60;
const windows = { Fast: [60, 5], Medium: [360, 30], Slow: [4320, 360] };
const names = Object.keys(windows);

/** Requests a minute. */
const rates = {
  '1/min': 1,
  '10/min': 10,
  '1/s': 60,
  '10/s': 600,
  '100/s': 6_000,
  '1,000/s': 60_000,
};

/** The pairs of one objective as the rules have them: `{ name, long, short, line, least, … }`. */
export function pairsOf(rules) {
  return names.map((name) => {
    const [, rest] = rules.split(`- alert: InferenceObjectiveBurn${name}\n`);
    const [expression] = rest.split('labels:');
    const [, line] = /> ([\d.e-]+)\n/.exec(expression);
    const [, least] = /\)\) >= (\d+)\n/.exec(expression);
    const margin = /> ([\d.e-]+) \+ ([\d.e-]+) \/ sqrt/.exec(expression);
    const [long, short] = windows[name];
    return {
      name,
      long,
      short,
      line: Number(line),
      least: Number(least),
      margin: margin && { budget: Number(margin[1]), spread: Number(margin[2]) },
    };
  });
}

/** Whether the pair alerts on so many requests and misses of its two windows. */
export function alerts(pair, long, short) {
  if (long.requests < pair.least || short.requests === 0) return false;
  const share = long.missed / long.requests;
  const isSure =
    !pair.margin || share > pair.margin.budget + pair.margin.spread / Math.sqrt(long.requests);
  return share > pair.line && short.missed / short.requests > pair.line && isSure;
}

/** The same without what keeps chance out: neither a least number of requests nor a margin. */
export const unguarded = (pair) => ({ ...pair, least: 1, margin: undefined });

/** Pseudo-random numbers in [0, 1), the same for a seed. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A Poisson number; beyond 60 by the normal law, whose error is below the scatter of a cell. */
function poisson(mean, next) {
  if (mean > 60) {
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count += 1;
  return count;
}

/**
 * Cumulative requests and misses by minute; `share(minute)` is the probability of a miss, and misses
 * come so many at a time.
 */
function traffic(rate, minutes, share, next, clump = 1) {
  const requests = new Float64Array(minutes + 1);
  const missed = new Float64Array(minutes + 1);
  for (let minute = 0; minute < minutes; minute += 1) {
    const p = share(minute);
    const bad = clump * poisson((rate * p) / clump, next);
    requests[minute + 1] = requests[minute] + bad + poisson(rate * (1 - p), next);
    missed[minute + 1] = missed[minute] + bad;
  }
  const within = (minute, length) => {
    const from = Math.max(0, minute - length);
    return { requests: requests[minute] - requests[from], missed: missed[minute] - missed[from] };
  };
  return within;
}

/** How often each pair begins to alert within the minutes, by name. */
export function begins(pairs, rate, minutes, share, seed, clump) {
  const within = traffic(rate, minutes, share, random(seed), clump);
  return Object.fromEntries(
    pairs.map((pair) => {
      let count = 0;
      let was = false;
      // Half of the short window must be recorded.
      for (let minute = Math.ceil(pair.short / 2); minute <= minutes; minute += 1) {
        const is = alerts(pair, within(minute, pair.long), within(minute, pair.short));
        if (is && !was) count += 1;
        was = is;
      }
      return [pair.name, count];
    }),
  );
}

/**
 * Minutes from the onset of an incident, after four good days, to the first alert of a pair;
 * undefined where it does not alert within the hours of the incident.
 */
export function latency(pair, rate, { good, bad, hours }, seed) {
  const onset = 4 * 24 * 60;
  const minutes = onset + hours * 60;
  const within = traffic(rate, minutes, (minute) => (minute < onset ? good : bad), random(seed));
  for (let minute = onset; minute <= minutes; minute += 1)
    if (alerts(pair, within(minute, pair.long), within(minute, pair.short))) return minute - onset;
  return undefined;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const row = (cells) => `| ${cells.join(' | ')} |`;

export async function pairsFor(quantile) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-burn-'));
  try {
    const file = path.join(folder, 'objectives.yaml');
    writeFileSync(file, `default: {quantile: ${quantile}}\n`);
    return pairsOf(await rulesOf(['--objectives', file]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function print() {
  const lines = [
    row(['within target', 'misses', ...Object.keys(rates).map((rate) => rate)]),
    row(['---', '---', ...Object.keys(rates).map(() => '---')]),
  ];
  for (const quantile of [0.95, 0.99, 0.999]) {
    const pairs = await pairsFor(quantile);
    for (const part of [0.5, 1]) {
      const missing = (1 - quantile) * part;
      const cells = Object.values(rates).map((rate, index) => {
        const counts = begins(pairs, rate, year, () => missing, 1 + index);
        return names.map((name) => counts[name]).join(' / ');
      });
      lines.push(row([`${quantile}`, part === 1 ? 'all of the budget' : 'half of it', ...cells]));
    }
    const clumped = Object.values(rates).map((rate, index) => {
      const counts = begins(pairs, rate, year, () => 1 - quantile, 1 + index, 5);
      return names.map((name) => counts[name]).join(' / ');
    });
    lines.push(row([`${quantile}`, 'all of it, five at a time', ...clumped]));
    const bare = Object.values(rates).map((rate, index) => {
      const missing = 1 - quantile;
      const counts = begins(pairs.map(unguarded), rate, year, () => missing, 1 + index);
      return names.map((name) => counts[name]).join(' / ');
    });
    lines.push(row([`${quantile}`, 'all of it, without the guards', ...bare]));
  }
  console.log(`False alerts a year (fast / medium / slow):\n\n${lines.join('\n')}\n`);

  const found = [
    row(['pair', 'misses, for', ...Object.keys(rates)]),
    row(['---', '---', ...Object.keys(rates).map(() => '---')]),
  ];
  const pairs = await pairsFor(0.95);
  const incidents = [
    [0, { bad: 1, hours: 2 }],
    [0, { bad: 0.8, hours: 2 }],
    [1, { bad: 0.4, hours: 8 }],
    [2, { bad: 0.1, hours: 96 }],
  ];
  const runs = 40;
  for (const [index, { bad, hours }] of incidents) {
    const cells = Object.values(rates).map((rate) => {
      const one = (seed) => latency(pairs[index], rate, { good: 0.02, bad, hours }, seed);
      const all = Array.from({ length: runs }, (_, seed) => one(seed + 1));
      const seen = all.filter((minutes) => minutes !== undefined);
      const share = `${Math.round((100 * seen.length) / runs)} %`;
      return seen.length > 0 ? `${share}, ${median(seen)} min` : share;
    });
    found.push(row([pairs[index].name, `${bad * 100} %, ${hours} h`, ...cells]));
  }
  console.log(`Incidents found, and after how long (median):\n\n${found.join('\n')}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await print();
