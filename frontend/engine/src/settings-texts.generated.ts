// Generated from core/src/settings/table.rs by `npm run gen`. Change that, not this file.

import type { SettingPath } from './settings-table.generated.js';
import type { SettingText } from './settings-table.js';

/** Every setting in words. */
export const SETTING_TEXTS: Readonly<Record<SettingPath, SettingText>> = {
  'slo.profile': {
    label: 'Kind of service',
    help: 'Sets the latency targets; each can be replaced.',
    group: 'Objectives',
    entries: [
      {
        help: 'A person reads along. TTFT 2.5 s, ITL 50 ms, E2E as both allow.',
        id: 'chat',
        title: 'Chat',
      },
      {
        help: 'An editor waits. TTFT 0.2 s, ITL 30 ms, E2E as both allow.',
        id: 'code-completion',
        title: 'Code completion',
      },
      { help: 'Nobody waits. TTFT 5 s, ITL 0.1 s, E2E 60 s.', id: 'batch', title: 'Batch' },
      {
        help: 'A person waits for an answer over long prompts. TTFT 1 s, ITL 80 ms, E2E as both allow.',
        id: 'rag',
        title: 'RAG',
      },
      { help: 'A program waits. TTFT 2 s, ITL 0.1 s, E2E 30 s.', id: 'agent', title: 'Agent' },
    ],
  },
  'slo.targets': {
    label: 'Target',
    help: 'Targets in seconds that replace those of the kind of service.',
    group: 'Objectives',
    example: 'ttft=2.5,itl=0.05',
    entries: [
      {
        help: 'In seconds; without it as the kind of service has it.',
        id: 'ttft',
        title: 'Time to first token',
      },
      {
        help: 'In seconds; without it as the kind of service has it.',
        id: 'itl',
        title: 'Inter-token latency',
      },
      {
        help: 'In seconds; without it as the kind of service has it.',
        id: 'tpot',
        title: 'Time per output token',
      },
      {
        help: 'In seconds; without it as the kind of service has it.',
        id: 'e2e',
        title: 'End to end',
      },
    ],
  },
  'slo.quantile': {
    label: 'Judged quantile',
    help: 'The quantile that must meet its target.',
    group: 'Objectives',
  },
  'baseline.mode': {
    label: 'Compare with',
    help: 'What the window is compared with.',
    group: 'Baseline',
    entries: [
      {
        help: 'The range before a change point, if one is accepted; its beginning where latency drifted; where nothing changed, the same time a week or a day earlier, if the range holds it.',
        id: 'auto',
        title: 'Before the change',
      },
      {
        help: 'From the given start to the given end, or everything outside the window.',
        id: 'range',
        title: 'An interval',
      },
      { help: 'The window, shifted into the past.', id: 'offset', title: 'The same time earlier' },
      { help: 'No comparison.', id: 'none', title: 'Nothing' },
    ],
  },
  'baseline.start': {
    label: 'Baseline start',
    help: 'Start of the interval to compare with; without it everything outside the window.',
    group: 'Baseline',
    example: '2026-01-31T14:00:00Z',
  },
  'baseline.end': {
    label: 'Baseline end',
    help: 'End of the interval to compare with.',
    group: 'Baseline',
    example: '2026-01-31T14:30:00Z',
  },
  'baseline.offset': {
    label: 'Earlier by',
    help: 'How much earlier than the window; the data must reach back that far.',
    group: 'Baseline',
  },
  'scope.model': {
    label: 'Model',
    help: 'The model to show; without it the one that is worst off.',
    group: 'Scope',
    example: 'the worst',
  },
  'scope.replica': {
    label: 'Replica',
    help: 'The replica to show, as the report names it, e.g. pod-0/0; without it all of them.',
    group: 'Scope',
    example: 'all',
  },
  window: {
    label: 'Window',
    help: 'The interval to diagnose; without it the last tenth of the range, at least 5 min.',
    group: 'Scope',
  },
  prefix: {
    label: 'Metric prefix',
    help: 'Metric name prefix, where relabelling changed it.',
    group: 'Scope',
    example: 'my_prefix_',
  },
  limits: {
    label: 'Limit',
    help: 'Limits of the engine that its metrics do not show.',
    group: 'Engine limits',
    example: 'max_num_seqs=16',
    entries: [
      {
        help: 'In sequences; without it as exported, or as the data show it.',
        id: 'max_num_seqs',
        title: 'Running sequences',
      },
      {
        help: 'In tokens; without it as exported, or as the data show it.',
        id: 'kv_capacity_tokens',
        title: 'KV cache',
      },
      {
        help: 'In tokens; without it as exported, or as the data show it.',
        id: 'max_model_len',
        title: 'Longest context',
      },
    ],
  },
  thresholds: {
    label: 'Threshold',
    help: 'Numbers that replace the defaults by which the checks decide.',
    group: 'Checks',
    example: 'memory.preempting=0.9',
  },
  quantiles: {
    label: 'Quantiles',
    help: 'Quantiles to report; the judged one is always among them.',
    group: 'Display',
  },
  sections: {
    label: 'Sections',
    help: 'Parts of the view to show, in order.',
    group: 'Display',
    entries: [
      {
        help: 'The verdict, its impact and what to do first.',
        id: 'verdict',
        title: 'Verdict and first action',
      },
      { help: 'The phase bars.', id: 'phases', title: 'Phase bars' },
      {
        help: 'Why this verdict and no other, what changed, and what would turn it.',
        id: 'evidence',
        title: 'Evidence',
      },
      { help: 'The time strips.', id: 'strips', title: 'Time strips' },
      { help: 'The heat map.', id: 'heatmap', title: 'Heat map' },
      {
        help: 'How often each objective was met, and what spent the rest.',
        id: 'objectives',
        title: 'Objectives',
      },
      { help: 'The triage matrix.', id: 'matrix', title: 'Triage matrix' },
      { help: 'Every replica beside the others.', id: 'fleet', title: 'Replicas' },
    ],
  },
  text_size: {
    label: 'Text size',
    help: 'How large the panel is drawn; what no longer fits is one tap away.',
    group: 'Display',
    entries: [
      { help: 'On a desk.', id: 'normal', title: 'Normal' },
      { help: 'In a meeting room, half as large again.', id: 'large', title: 'Large' },
      { help: 'On a wall, two and a half times as large.', id: 'wall', title: 'Wall board' },
    ],
  },
};
