import type { PanelOptionsEditorBuilder, SelectFieldConfigSettings } from '@grafana/data';
import { SECTIONS } from '@inference-triage/panel';

import { defaultOptions, OPTIONS_SCHEMA, type PhasesOptions } from './types';

type Builder = PanelOptionsEditorBuilder<PhasesOptions>;

const OBJECTIVES = ['Objectives'];
const BASELINE = ['Baseline'];
const SCOPE = ['Scope'];
const LIMITS = ['Engine limits'];
const DISPLAY = ['Display'];

const SECTION_NAMES: Record<PhasesOptions['sections'][number], string> = {
  verdict: 'Verdict',
  phases: 'Phase bar',
  matrix: 'Matrix',
  strips: 'Time strips',
  heatmap: 'Heat map',
  evidence: 'Evidence and actions',
  fleet: 'Replicas',
};

/** The panel's own options, in Grafana's editors. */
export function addOptions(builder: Builder): void {
  addObjectives(builder);
  addBaseline(builder);
  addScope(builder);
  addLimits(builder);
  addDisplay(builder);
  // Written into every saved panel, so that a later release knows what it reads.
  builder.addNumberInput({
    path: 'schema',
    name: 'Version',
    defaultValue: OPTIONS_SCHEMA,
    showIf: () => false,
  });
}

function addObjectives(builder: Builder): void {
  builder
    .addSelect({
      path: 'slo.profile',
      name: 'Kind of service',
      description: 'Sets the latency targets; each can be replaced below.',
      category: OBJECTIVES,
      defaultValue: defaultOptions().slo.profile,
      settings: {
        options: [
          {
            value: 'chat',
            label: 'Chat',
            description: 'First token 2.5 s, between tokens 50 ms, request 10 s',
          },
          {
            value: 'code-completion',
            label: 'Code completion',
            description: 'First token 0.2 s, between tokens 30 ms, request 3 s',
          },
          {
            value: 'rag',
            label: 'RAG',
            description: 'First token 1 s, between tokens 80 ms, request 15 s',
          },
          {
            value: 'agent',
            label: 'Agent',
            description: 'First token 2 s, between tokens 0.1 s, request 30 s',
          },
          {
            value: 'batch',
            label: 'Batch',
            description: 'First token 5 s, between tokens 0.1 s, request 60 s',
          },
        ],
      },
    })
    .addNumberInput(target('ttft', 'Target: first token', 'Time to first token, in seconds.'))
    .addNumberInput(target('itl', 'Target: between tokens', 'Inter-token latency, in seconds.'))
    .addNumberInput(
      target('tpot', 'Target: per output token', 'Time per output token of a request, in seconds.')
    )
    .addNumberInput(target('e2e', 'Target: whole request', 'End-to-end latency, in seconds.'))
    .addNumberInput({
      path: 'slo.quantile',
      name: 'Judged quantile',
      description: 'The quantile that must meet the target, between 0 and 1.',
      category: OBJECTIVES,
      settings: { placeholder: '0.95', min: 0.01, max: 0.9999, step: 0.01 },
    })
    .addNumberInput({
      path: 'slo.objective',
      name: 'Objective',
      description: 'The share of requests that must meet the target, between 0 and 1.',
      category: OBJECTIVES,
      settings: { placeholder: '0.95', min: 0.01, max: 0.9999, step: 0.01 },
    });
}

function target(signal: 'ttft' | 'itl' | 'tpot' | 'e2e', name: string, description: string) {
  return {
    path: `slo.targets.${signal}` as const,
    name,
    description,
    category: OBJECTIVES,
    settings: { placeholder: 'from the kind of service', min: 0.001 },
  };
}

function addBaseline(builder: Builder): void {
  const isMode = (mode: PhasesOptions['baseline']['mode']) => (options: PhasesOptions) =>
    options.baseline?.mode === mode;
  builder
    .addSelect({
      path: 'baseline.mode',
      name: 'Compare with',
      category: BASELINE,
      defaultValue: defaultOptions().baseline.mode,
      settings: {
        options: [
          {
            value: 'auto',
            label: 'Before the change',
            description: 'The range before a change that was found',
          },
          {
            value: 'range',
            label: 'An interval',
            description: 'Given below, or the rest of the range',
          },
          {
            value: 'offset',
            label: 'The same time earlier',
            description: 'The window, shifted into the past',
          },
          { value: 'none', label: 'Nothing' },
        ],
      },
    })
    .addTextInput({
      path: 'baseline.start',
      name: 'Baseline start',
      description:
        'RFC 3339, or Unix milliseconds. Empty: everything outside the diagnosed window.',
      category: BASELINE,
      settings: { placeholder: '2026-01-31T14:00:00Z' },
      showIf: isMode('range'),
    })
    .addTextInput({
      path: 'baseline.end',
      name: 'Baseline end',
      category: BASELINE,
      settings: { placeholder: '2026-01-31T14:30:00Z' },
      showIf: isMode('range'),
    })
    .addTextInput({
      path: 'baseline.offset',
      name: 'Earlier by',
      description: 'The dashboard must cover it: the panel asks for no other data.',
      category: BASELINE,
      settings: { placeholder: '1d' },
      showIf: isMode('offset'),
    });
}

function addScope(builder: Builder): void {
  builder
    .addTextInput({
      path: 'scope.model',
      name: 'Model',
      description: 'Empty: the worst one. May be a variable, such as $model.',
      category: SCOPE,
      settings: { placeholder: 'the worst' },
    })
    .addTextInput({
      path: 'scope.replica',
      name: 'Replica',
      description: 'Empty: all. The pod or instance, then / and the engine rank.',
      category: SCOPE,
      settings: { placeholder: 'all' },
    })
    .addTextInput({
      path: 'prefix',
      name: 'Metric prefix',
      description: 'Only where metrics were renamed.',
      category: SCOPE,
      settings: { placeholder: 'vllm:' },
    })
    .addRadio({
      path: 'grouping',
      name: 'Queries to copy',
      description: 'Whether the planned queries of the set-up card keep replicas apart.',
      category: SCOPE,
      defaultValue: defaultOptions().grouping,
      settings: {
        options: [
          { value: 'replica', label: 'by replica' },
          { value: 'model', label: 'by model' },
        ],
      },
    });
}

function addLimits(builder: Builder): void {
  const limit = (
    path: 'max_num_seqs' | 'kv_capacity_tokens' | 'max_model_len',
    name: string,
    unit: string
  ) => ({
    path: `limits.${path}` as const,
    name,
    description: `In ${unit}. Empty: as exported, or as the data show it.`,
    category: LIMITS,
    settings: { placeholder: 'from the data', min: 1, integer: true },
  });
  builder
    .addNumberInput(limit('max_num_seqs', 'Running sequences', 'sequences'))
    .addNumberInput(limit('kv_capacity_tokens', 'KV cache', 'tokens'))
    .addNumberInput(limit('max_model_len', 'Longest context', 'tokens'));
}

function addDisplay(builder: Builder): void {
  // The type has one name for an entry and for the list of entries.
  builder.addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
    path: 'sections',
    name: 'Sections',
    description: 'A small panel shows fewer of them.',
    category: DISPLAY,
    defaultValue: [...SECTIONS],
    settings: { options: SECTIONS.map((value) => ({ value, label: SECTION_NAMES[value] })) },
  });
}
