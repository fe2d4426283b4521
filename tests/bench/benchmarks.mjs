// Every benchmark by id, in the order of the table.
//
// A benchmark is a module with `title`, `remarks` and `measure(say)`, which answers
//   ratios   [{ id, what, against, where, ratio: [p25, median, p75], rounds, goal? }]   rival ÷ ours, more is better
//   records  [{ what, where, unit, spread: [p25, median, p75], goal? }]                 facts of this machine, less is better
//   sizes    [{ what, value, goal? }]                                                   the same on every machine

import { readFileSync } from 'node:fs';

export const ids = [
  'scanner',
  'mathematics',
  'brush',
  'heat-map',
  'queries',
  'start-up',
  'memory',
  'sizes',
  'saved-response',
];

/** The module of one benchmark. */
export function load(id) {
  return import(new URL(`${id}/bench.mjs`, import.meta.url).href);
}

/** What a ratio may not fall below, by its id: `{ least, reason }`. */
export function floors() {
  return JSON.parse(readFileSync(new URL('floors.json', import.meta.url), 'utf8'));
}
