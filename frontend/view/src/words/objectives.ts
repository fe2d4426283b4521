// Objectives in words: what each promises, and whether it was kept.

import type { Joint, Kept, Level, Objective, Report } from '../report-types.js';
import { formatShare, formatTarget } from './format.js';
import { shortSignal, signalTitle } from './words.js';

/** The verdict on one objective. */
export const KEPT_WORD: Record<Kept, string> = {
  met: 'met',
  missed: 'missed',
  unknown: 'cannot tell',
};

/** The level whose icon and colour a verdict has. */
export const KEPT_LEVEL: Record<Kept, Level> = {
  met: 'normal',
  missed: 'high',
  unknown: 'unknown',
};

/** `Time to first token`; `Failed or lost`. */
export function objectiveName({ signal, target }: Objective): string {
  return target === undefined ? 'Failed or lost' : signalTitle(signal);
}

/** What is counted: outputs where a latency lies between them, else requests. */
export function unitOf({ signal }: Objective): string {
  return signal === 'itl' ? 'output' : 'request';
}

/** `95 % of requests within 2.5 s`. */
export function promiseWords({ objectives }: Report, row: Objective): string {
  const share = formatShare(objectives.quantile);
  if (row.target === undefined) return `${share} of requests end well`;
  return `${share} of ${unitOf(row)}s within ${formatTarget(row.target)}`;
}

/** `TTFT, TPOT and E2E`. */
export function jointName({ signals }: Joint): string {
  const names = signals.map(shortSignal);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
