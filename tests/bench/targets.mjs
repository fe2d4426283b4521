// Goals, floors and reasons of targets.json, laid beside what a run measured.

import { readFileSync } from 'node:fs';

/**
 * By id: `goal`, a ratio's least or a time's or size's most; `missed`, why it is missed where it
 * is; `floor` and `reason`, the ratio below which `npm run bench` fails.
 */
export function readTargets() {
  return JSON.parse(readFileSync(new URL('targets.json', import.meta.url), 'utf8'));
}

/** Every row with its target. */
export function withTargets(rows, targets) {
  return rows.map((row) => ({ ...row, target: targets[row.id] ?? {} }));
}

/** Whether a ratio, a time or a size keeps its goal; undefined where there is none. */
export function keepsGoal({ ratio, spread, value, target: { goal } }) {
  if (goal === undefined) return undefined;
  return ratio ? ratio[1] >= goal : (spread?.[1] ?? value) <= goal;
}

/** One sentence for each ratio below its floor. */
export function shortfalls(ratios) {
  return ratios
    .filter(({ ratio, target }) => target.floor !== undefined && !(ratio[1] >= target.floor))
    .map(
      ({ id, ratio, target }) =>
        `${id} is ${ratio[1].toPrecision(3)} ×, its floor is ${target.floor} ×: ${target.reason}`,
    );
}

/** Targets that no benchmark measures; a mistyped one would never fail. */
export function unmeasured(rows, targets) {
  const known = new Set(rows.map(({ id }) => id));
  return Object.keys(targets).filter((id) => !known.has(id));
}
