// Ids of rules, signals, phases and actions as words for people.

import type {
  ActionId,
  Grade,
  Level,
  Phase,
  Provenance,
  Severity,
  SignalId,
  Support,
  ThresholdSource,
} from '../report-types.js';
import {
  GRADE_MEANING,
  PHASES,
  PROVENANCE_MEANING,
  SIGNALS,
  SUPPORT_MEANING,
} from './catalogue.generated.js';

const SPELLINGS: Record<string, string> = {
  kv: 'KV',
  lora: 'LoRA',
  cpu: 'CPU',
  gpu: 'GPU',
  sm: 'SM',
  ttft: 'TTFT',
  itl: 'ITL',
  tpot: 'TPOT',
  e2e: 'E2E',
  slo: 'SLO',
  seqs: 'sequences',
};

/** An id inside a sentence: `kv-thrash` → `KV thrash`, `slot-cap` → `slot cap`. */
export function phrase(id: string): string {
  return id
    .split(/[-_.]/)
    .map((word) => SPELLINGS[word] ?? word)
    .join(' ');
}

/** An id as a title: `slot-cap` → `Slot cap`. */
export function readable(id: string): string {
  const text = phrase(id);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ACTION_NAME: Partial<Record<ActionId, string>> = {
  'raise-max-num-seqs': 'raise the cap on sequences',
  'lower-max-num-seqs': 'lower the cap on sequences',
  'raise-kv-memory': 'give the KV cache more memory',
  'lower-kv-memory': 'give the KV cache less memory',
  'restart-engine': 'restart the engine',
  'act-on-latency': 'act on these latencies',
};

/** What one would do, as an imperative; the incident message has the same words. */
export function actionName(id: ActionId): string {
  return ACTION_NAME[id] ?? phrase(id);
}

/** The abbreviation engineers use for a signal, else its title in small letters. */
export function shortSignal(id: SignalId): string {
  return SIGNALS[id].short;
}

/** The title of a signal. */
export function signalTitle(id: SignalId): string {
  return SIGNALS[id].title;
}

/** The unit of a signal's values. */
export function signalUnit(id: SignalId): string {
  return SIGNALS[id].unit;
}

/** The word for a phase. */
export function phaseName(phase: Phase): string {
  return PHASES[phase].title;
}

/** What a phase is, in one clause. */
export function phaseMeaning(phase: Phase): string {
  return asClause(PHASES[phase].meaning);
}

/** What a data-quality grade means, in one clause. */
export function gradeMeaning(grade: Grade): string {
  return asClause(GRADE_MEANING[grade]);
}

/** What it means that a verdict has weak or strong support. */
export function supportMeaning(support: Support): string {
  return SUPPORT_MEANING[support];
}

/** What a limit's provenance means, in one clause. */
export function provenanceMeaning(provenance: Provenance): string {
  return asClause(PROVENANCE_MEANING[provenance]);
}

function asClause(sentence: string): string {
  return inSentence(sentence.replace(/\.$/, ''));
}

/** A title within a sentence: a small first letter, unless an abbreviation starts it. */
export function inSentence(title: string): string {
  return /^(?:[A-Z][a-z]|A )/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/**
 * A clause as a sentence: with a capital letter, and a full stop unless it ends in a mark of its
 * own.
 */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?:]$/.test(text) ? '' : '.'}`;
}

/** The word beside a verdict's icon. */
export const SEVERITY_WORD: Record<Severity, string> = {
  ok: 'Healthy',
  info: 'For information',
  unknown: 'Cannot tell',
  warning: 'Warning',
  critical: 'Critical',
};

/** The word beside a level's icon. */
export const LEVEL_WORD: Record<Level, string> = {
  high: 'High',
  low: 'Low',
  normal: 'Normal',
  unknown: 'Unknown',
};

/** Where a threshold comes from. */
export const THRESHOLD_SOURCE: Record<ThresholdSource, string> = {
  slo: 'your objective',
  baseline: 'the baseline',
  limit: 'a limit of the live engine',
  constant: 'a documented default',
};
