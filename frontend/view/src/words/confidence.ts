// How often such a verdict was right: a phrase, and what it was counted from.

import type { Verdict } from '../report-types.js';
import { formatShare } from './format.js';
import { explain } from './number.js';
import { supportMeaning } from './words.js';

/** `likely: 9 of 10 simulated cases`; undefined where nothing was counted. */
export function confidenceInShort(verdict: Verdict): string | undefined {
  const { confidence_word: word, confidence_source: source } = verdict;
  return source && `${word}: ${source.right} of ${source.of} simulated cases`;
}

/** What was counted, and what was not. */
export function confidenceTip({ confidence, confidence_source: source }: Verdict): string {
  if (confidence === undefined || !source) {
    return 'No simulated case had this verdict, so nothing tells how often it is right.';
  }
  return explain(
    `Confidence ${formatShare(confidence)}: how often such verdicts are right in simulated cases, where the truth is known.`,
    `Support is ${source.support}. ${supportMeaning(source.support)}`,
    'Where few cases had this verdict, those of all verdicts weigh in. No recording of a real engine was counted.',
  );
}
