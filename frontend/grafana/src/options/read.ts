import { SECTIONS } from '@inference-triage/panel';
import { writeDuration } from '@inference-triage/panel/time';

import { defaultOptions, type BaselineMode, type PhasesOptions } from './types';

const PROFILES: ReadonlyArray<PhasesOptions['slo']['profile']> = [
  'chat',
  'code-completion',
  'batch',
  'rag',
  'agent',
];
const MODES: readonly BaselineMode[] = ['auto', 'range', 'offset', 'none'];

/**
 * Options of any origin in today's shape: of a panel that was just added, edited by hand, or
 * written as the settings of the core with times and durations as milliseconds, which is the shape
 * of version 0. What cannot be read takes its default.
 */
export function readOptions(raw: unknown): PhasesOptions {
  const options = defaultOptions();
  const { slo, baseline, scope, limits, prefix, sections, grouping } = record(raw);
  const { profile, quantile, objective, targets } = record(slo);
  const { mode, start, end, offset } = record(baseline);
  const { ttft, itl, tpot, e2e } = record(targets);
  const { max_num_seqs, kv_capacity_tokens, max_model_len } = record(limits);
  return {
    ...options,
    slo: {
      profile: oneOf(PROFILES, profile) ?? options.slo.profile,
      ...numbers({ quantile, objective }),
      targets: numbers({ ttft, itl, tpot, e2e }),
    },
    baseline: {
      mode: oneOf(MODES, mode) ?? options.baseline.mode,
      ...texts({ start, end, offset: typeof offset === 'number' ? writeDuration(offset) : offset }),
    },
    scope: texts({ model: record(scope)['model'], replica: record(scope)['replica'] }),
    limits: numbers({ max_num_seqs, kv_capacity_tokens, max_model_len }),
    ...texts({ prefix }),
    sections: Array.isArray(sections)
      ? SECTIONS.filter((one) => sections.includes(one))
      : options.sections,
    grouping: grouping === 'model' ? 'model' : 'replica',
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function oneOf<T>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}

/** Fields that hold a number; editors leave null in a field that was emptied. */
function numbers<K extends string>(fields: Record<K, unknown>): Partial<Record<K, number>> {
  const found: Partial<Record<K, number>> = {};
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === 'number' && Number.isFinite(value)) {
      found[key] = value;
    }
  }
  return found;
}

/** Fields that hold text; a number becomes its digits. */
function texts<K extends string>(fields: Record<K, unknown>): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const key in fields) {
    const value = fields[key];
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && text !== '') {
      found[key] = text;
    }
  }
  return found;
}
