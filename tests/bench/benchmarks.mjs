// Every benchmark by id, in the order of the table.
//
// A benchmark is a module with `title`, `remarks` and `measure(say)`, which answers ratios   [{ id,
// what, against, where, ratio: [p25, median, p75], rounds }]   rival ÷ ours, more is better records
// [{ id?, what, where, unit, spread: [p25, median, p75] }]            facts of this machine, less
// is better sizes    [{ id, what, value, unit, detail }]                                 the same
// on every machine, less is better What is expected of an id stands in targets.json.

export const ids = [
  'scanner',
  'mathematics',
  'brush',
  'timeline',
  'heat-map',
  'queries',
  'recordings',
  'scale',
  'start-up',
  'memory',
  'sizes',
  'saved-response',
];

/** The module of one benchmark. */
export function load(id) {
  return import(new URL(`${id}/bench.mjs`, import.meta.url).href);
}
