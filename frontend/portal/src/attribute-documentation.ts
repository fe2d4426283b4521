import type { AttributeName } from './attributes.js';

/** One attribute of the element, as documented. */
export interface AttributeDescription {
  /** TypeScript type of its meaning. */
  readonly type: string;
  /** What holds without it. */
  readonly default?: string;
  readonly description: string;
}

/** What each attribute means. Only the manifest and its readers load this. */
export const ATTRIBUTES: Readonly<Record<AttributeName, AttributeDescription>> = {
  url: {
    type: 'string',
    description:
      'Address of a Prometheus-compatible server, the part before `/api/v1`. Relative addresses are resolved against the page.',
  },
  match: {
    type: 'string',
    description: 'Label matchers for every query, e.g. `model_name="gemma", namespace="chat"`.',
  },
  range: { type: 'duration', default: '1h', description: 'How much of the past is read.' },
  end: {
    type: 'time',
    description: 'Fixed end of the range, RFC 3339 or Unix seconds. Without it the range ends now.',
  },
  refresh: {
    type: 'duration | "off"',
    default: 'off',
    description:
      'Pause between two refreshes. Only the newest part is fetched; nothing is fetched while the page is hidden.',
  },
  timeout: {
    type: 'duration',
    default: '30s',
    description: 'A query that takes longer is given up.',
  },
  credentials: {
    type: '"same-origin" | "include" | "omit"',
    default: 'same-origin',
    description: 'Whether cookies go with the queries.',
  },
  engine: {
    type: 'string',
    default: 'vllm',
    description: 'The serving engine whose metrics are asked for.',
  },
  grouping: {
    type: '"replica" | "model"',
    default: 'replica',
    description: 'One line of data per replica, or sums per model for large fleets.',
  },
  prefix: {
    type: 'string',
    description: 'Metric name prefix when it is not the usual one, e.g. `kserve_vllm:`.',
  },
  profile: {
    type: '"chat" | "code-completion" | "batch" | "rag" | "agent"',
    default: 'chat',
    description: 'Default latency targets by kind of service.',
  },
  slo: {
    type: 'string',
    description:
      "Targets in seconds that replace the profile's: `ttft=2.5,itl=0.05,tpot=0.05,e2e=10`.",
  },
  'slo-quantile': {
    type: 'number',
    default: '0.95',
    description: 'The quantile that must meet a target.',
  },
  'slo-objective': {
    type: 'number',
    default: '0.95',
    description: 'Share of requests that must meet a target.',
  },
  baseline: {
    type: 'string',
    default: 'auto',
    description:
      'What the window is compared with: `auto`, `range`, `none`, a duration (the same window that much earlier), or `T..T`.',
  },
  window: {
    type: 'T..T',
    description:
      "The interval to diagnose; without it the last tenth of the range. A reader's selection on the chart takes its place until it is cleared.",
  },
  limits: {
    type: 'string',
    description: 'Limits the engine does not export: `max_num_seqs=16,kv_capacity_tokens=71440`.',
  },
  model: {
    type: 'string',
    description: 'The model to show first; without it the one that is worst off.',
  },
  replica: { type: 'string', description: "The replica to show; without it all of the model's." },
  quantiles: { type: 'string', default: '0.5,0.95,0.99', description: 'Quantiles to report.' },
  sections: {
    type: 'string',
    description:
      'Parts to show, in order, separated by spaces: `verdict phases matrix strips heatmap evidence fleet`.',
  },
  theme: {
    type: '"light" | "dark" | "auto"',
    default: 'auto',
    description:
      "Colour scheme; `auto` follows the CSS `color-scheme` around the element, then the reader's system.",
  },
  density: { type: '"comfortable" | "compact"', default: 'comfortable', description: 'Spacing.' },
  'time-zone': {
    type: 'string',
    description:
      "IANA zone for every time shown, e.g. `UTC` or `Europe/Zurich`; without it the reader's.",
  },

  fill: {
    type: 'boolean',
    description:
      'The page gives the element its height and the panel scrolls inside; otherwise the element is as tall as its content.',
  },
};
