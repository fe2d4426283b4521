// Ids of rules, signals, phases and actions as words for people.

import type {
  Grade,
  Level,
  Limit,
  Phase,
  Report,
  Severity,
  ThresholdSource,
} from '../report-types.js';

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

/** Short row names where the report's full title would be too long. */
const SHORT_SIGNALS: Record<string, string> = {
  ttft: 'TTFT',
  itl: 'ITL',
  tpot: 'TPOT',
  e2e: 'E2E',
  queue_time: 'queue',
};

/** The abbreviation engineers use for a signal, else its id as words. */
export function shortSignal(name: string): string {
  return SHORT_SIGNALS[name] ?? phrase(name);
}

/** The report's own title of a signal, else its readable id. */
export function signalTitle(report: Report, name: string): string {
  return report.signals[name]?.title ?? readable(name);
}

const PHASES: Record<Phase, string> = {
  front_end: 'front end',
  queue: 'queue',
  remote_kv: 'remote KV wait',
  prefill: 'prefill',
  decode: 'decode',
  preemption: 'preemption stall',
};

/** The word for a phase. */
export function phaseName(phase: Phase): string {
  return PHASES[phase];
}

/** A title within a sentence: a small first letter, unless an abbreviation starts it. */
export function inSentence(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/**
 * A clause as a sentence: with a capital letter, and a full stop unless it ends in a mark of its
 * own.
 */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?:]$/.test(text) ? '' : '.'}`;
}

/** What a phase is, in one clause. */
export const PHASE_MEANING: Record<Phase, string> = {
  front_end: 'outside the engine, before and after it',
  queue: 'waiting to be scheduled for the first time',
  remote_kv: 'waiting for a remote key-value cache, a part of the queue',
  prefill: 'from the first scheduling to the first token',
  decode: 'from the first to the last token',
  preemption: 'stalled by preemption, a part of decode',
};

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

/** What a data-quality grade means. */
export const GRADE_MEANING: Record<Grade, string> = {
  A: 'nothing that touches a used signal was repaired or assumed',
  B: 'something that touches a used signal was repaired or assumed',
  C: 'an identity between metrics is broken or a needed family is missing; confidence is at most “likely”',
  D: 'several identities are broken, families are missing, or over a tenth of the window is gaps; confidence is at most “possible”',
};

/** Where a threshold comes from. */
export const THRESHOLD_SOURCE: Record<ThresholdSource, string> = {
  slo: 'your objective',
  baseline: 'the baseline',
  limit: 'a limit of the live engine',
  constant: 'a documented constant',
};

/** What a limit's provenance means. */
export const PROVENANCE_MEANING: Record<Limit['provenance'], string> = {
  exported: 'the engine exports it',
  inferred: 'the engine behaves as if it were so',
  given: 'typed in by a person',
};
