// Generated from core/src/settings/table.rs by `npm run gen`. Change that, not this file.

import type { Setting } from './settings-table.js';

/** Version of the settings' shape. */
export const SETTINGS_SCHEMA = 2;

/** Every setting, by group. */
export const SETTINGS = [
  {
    path: 'slo.profile',
    kind: 'choice',
    hosts: ['grafana', 'perses'],
    ids: ['chat', 'code-completion', 'batch', 'rag', 'agent'],
    default: 'chat',
    attribute: 'profile',
  },
  {
    path: 'slo.targets',
    kind: 'number-by-id',
    hosts: ['grafana', 'perses'],
    ids: ['ttft', 'itl', 'tpot', 'e2e'],
    least: 0,
    includesBounds: false,
    step: 0.001,
    attribute: 'slo',
  },
  {
    path: 'slo.quantile',
    kind: 'number',
    hosts: ['grafana', 'perses'],
    default: 0.95,
    least: 0,
    most: 1,
    includesBounds: false,
    step: 0.01,
    attribute: 'slo-quantile',
  },
  {
    path: 'baseline.mode',
    kind: 'choice',
    hosts: ['grafana', 'perses'],
    ids: ['auto', 'range', 'offset', 'none'],
    default: 'auto',
    attribute: 'baseline',
  },
  { path: 'baseline.start', kind: 'time', hosts: ['grafana', 'perses'], mode: 'range' },
  { path: 'baseline.end', kind: 'time', hosts: ['grafana', 'perses'], mode: 'range' },
  {
    path: 'baseline.offset',
    kind: 'duration',
    hosts: ['grafana', 'perses'],
    default: 86400000,
    mode: 'offset',
  },
  { path: 'scope.model', kind: 'text', hosts: ['grafana', 'perses'], attribute: 'model' },
  { path: 'scope.replica', kind: 'text', hosts: ['grafana', 'perses'], attribute: 'replica' },
  { path: 'window', kind: 'interval', hosts: ['perses'], attribute: 'window' },
  {
    path: 'prefix',
    kind: 'text',
    hosts: ['grafana', 'perses'],
    pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]*$',
    attribute: 'prefix',
  },
  {
    path: 'limits',
    kind: 'number-by-id',
    hosts: ['grafana', 'perses'],
    ids: ['max_num_seqs', 'kv_capacity_tokens', 'max_model_len'],
    least: 0,
    includesBounds: false,
    step: 1,
    attribute: 'limits',
  },
  {
    path: 'thresholds',
    kind: 'number-by-name',
    hosts: ['grafana', 'perses'],
    least: 0,
    includesBounds: false,
    attribute: 'thresholds',
  },
  {
    path: 'quantiles',
    kind: 'numbers',
    hosts: ['perses'],
    default: [0.5, 0.95, 0.99],
    least: 0,
    most: 1,
    includesBounds: true,
    attribute: 'quantiles',
  },
  {
    path: 'sections',
    kind: 'choices',
    hosts: ['grafana', 'perses'],
    ids: ['verdict', 'phases', 'evidence', 'strips', 'heatmap', 'objectives', 'matrix', 'fleet'],
    default: [
      'verdict',
      'phases',
      'evidence',
      'strips',
      'heatmap',
      'objectives',
      'matrix',
      'fleet',
    ],
    attribute: 'sections',
  },
  {
    path: 'text_size',
    kind: 'choice',
    hosts: ['grafana', 'perses'],
    ids: ['normal', 'large', 'wall'],
    default: 'normal',
    attribute: 'text-size',
  },
] as const satisfies readonly Setting[];

/** Where a setting stands, e.g. `slo.quantile`. */
export type SettingPath = (typeof SETTINGS)[number]['path'];
