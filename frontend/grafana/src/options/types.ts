import type { Section, SloProfile } from '@inference-triage/engine';
import { SECTIONS } from '@inference-triage/panel';

/** How the baseline is chosen. */
export type BaselineMode = 'auto' | 'range' | 'offset' | 'none';

/**
 * What the saved options of a panel look like. A field that is absent or empty takes the default of
 * the core.
 */
export interface PhasesOptions {
  /** Version of this shape. */
  schema: typeof OPTIONS_SCHEMA;
  slo: {
    profile: SloProfile;
    /** In (0, 1). */
    quantile?: number;
    /** Share of requests that must meet the target, in (0, 1). */
    objective?: number;
    /** Seconds; each replaces the profile's. */
    targets: { ttft?: number; itl?: number; tpot?: number; e2e?: number };
  };
  baseline: {
    mode: BaselineMode;
    /** Mode `range`: RFC 3339 or Unix milliseconds; may hold variables. */
    start?: string;
    end?: string;
    /** Mode `offset`: a duration such as `1d`; may hold variables. */
    offset?: string;
  };
  /** Label values; may hold variables. */
  scope: { model?: string; replica?: string };
  /** Limits of the engine given by hand: sequences, tokens, tokens. */
  limits: { max_num_seqs?: number; kv_capacity_tokens?: number; max_model_len?: number };
  /** Metric name prefix that no profile knows; may hold variables. */
  prefix?: string;
  /** The parts to show, in reading order whatever their order here. */
  sections: Section[];
  /** What the queries of the set-up card sum away. */
  grouping: 'replica' | 'model';
}

/** Version of the options that this release writes. */
export const OPTIONS_SCHEMA = 1;

/** A panel nobody has touched. */
export function defaultOptions(): PhasesOptions {
  return {
    schema: OPTIONS_SCHEMA,
    slo: { profile: 'chat', targets: {} },
    baseline: { mode: 'auto' },
    scope: {},
    limits: {},
    sections: [...SECTIONS],
    grouping: 'replica',
  };
}
