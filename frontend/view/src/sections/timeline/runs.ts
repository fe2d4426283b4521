// Steps of one verdict become one run; runs become words.

import type { Interval } from '../../contract.js';
import type { CauseId, Severity, Timeline, TimelineStep } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { timeOf } from '../../words/times.js';
import { SEVERITY_WORD, phrase } from '../../words/words.js';

/** Neighbouring steps of one verdict; without one where the data do not reach back far enough. */
export interface Run extends Interval {
  id?: CauseId;
  severity?: Severity;
  /** Numbers of its first and last step. */
  first: number;
  last: number;
}

/** The runs of a range in time order. */
export function runsOf(steps: readonly TimelineStep[]): Run[] {
  const runs: Run[] = [];
  steps.forEach(({ start, end, verdict }, index) => {
    const before = runs.at(-1);
    if (before && before.id === verdict?.id && before.severity === verdict?.severity) {
      before.end = end;
      before.last = index;
    } else {
      const said = verdict && { id: verdict.id, severity: verdict.severity };
      runs.push({ start, end, ...said, first: index, last: index });
    }
  });
  return runs;
}

/** More changes of verdict than this are counted instead of told. */
const MOST_TOLD = 3;

/** What happened in the range, in one line. */
export function story(scene: Scene, runs: readonly Run[]): string {
  const judged = runs.filter(({ id }, index) => id !== undefined && id !== runs[index - 1]?.id);
  const [first, ...rest] = judged;
  const last = judged.at(-1);
  if (!first || !last) return 'the range is too short to judge a step';
  if (rest.length === 0) return `${nameOf(first)} throughout`;
  if (rest.length > MOST_TOLD) {
    return `${rest.length} changes of verdict; ${nameOf(last)} since ${timeOf(scene, last.start)}`;
  }
  const told = rest.map((run) => `${nameOf(run)} from ${timeOf(scene, run.start)}`);
  return [nameOf(first), ...told].join(' → ');
}

/** `slot cap`. */
export function nameOf({ id }: Run): string {
  return id === undefined ? 'not judged' : phrase(id);
}

/** `slot cap, critical`; how bad it is only where the name does not say so. */
export function verdictWords(run: Run): string {
  if (run.severity === undefined) return 'not judged: less data before it than a window';
  const word = SEVERITY_WORD[run.severity].toLowerCase();
  const name = nameOf(run);
  return name === word ? name : `${name}, ${word}`;
}

/**
 * What is diagnosed when a run is chosen: the run, or where it is shorter than a window, the window
 * of its last step.
 */
export function windowOfRun({ steps, window }: Timeline, run: Run): Interval | undefined {
  if (run.id === undefined) return undefined;
  return run.end - run.start >= window ? { start: run.start, end: run.end } : at(steps[run.last]);
}

/** What was judged at the end of a step. */
export function windowOfStep({ steps }: Timeline, index: number): Interval | undefined {
  return at(steps[index]);
}

function at(step: TimelineStep | undefined): Interval | undefined {
  return step?.verdict && { start: step.verdict.from, end: step.end };
}
