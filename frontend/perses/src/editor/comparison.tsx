import type { BaselineMode } from '@inference-triage/engine';
import type { JSX } from 'react';
import { Choice, Group, ParsedField } from './fields.js';
import type { PartProps } from './part.js';
import { formatLimits, limitList, numberBetween, pruned } from './values.js';

const HOUR_MS = 3_600_000;

const MODES: readonly { value: BaselineMode; title: string }[] = [
  { value: 'auto', title: 'Before the change, found automatically' },
  { value: 'range', title: 'The rest of the range' },
  { value: 'offset', title: 'The same time earlier' },
  { value: 'none', title: 'Nothing' },
];

/** What the window is compared with, and what the engine cannot say about itself. */
export function Comparison({ options, isReadonly, change }: PartProps): JSX.Element {
  const baseline = options.baseline ?? {};
  const scope = options.scope ?? {};
  const text = { isReadonly, format: (value: string) => value, parse: (value: string) => value };
  return (
    <Group title="Comparison and scope">
      <Choice
        label="Compare with"
        value={baseline.mode}
        absent="Automatic (default)"
        choices={MODES}
        isReadonly={isReadonly}
        onChange={(mode) => change({ baseline: pruned({ ...baseline, mode }) })}
      />
      {baseline.mode === 'offset' ? (
        <ParsedField
          label="Hours earlier"
          placeholder="24"
          value={baseline.offset}
          isReadonly={isReadonly}
          format={(offset) => String(offset / HOUR_MS)}
          parse={(hours) => Math.round(numberBetween(hours, 0, Infinity) * HOUR_MS)}
          onChange={(offset) => change({ baseline: pruned({ ...baseline, offset }) })}
        />
      ) : null}
      <ParsedField
        label="Model"
        hint="Empty: the one that is worst."
        value={scope.model}
        {...text}
        onChange={(model) => change({ scope: pruned({ ...scope, model }) })}
      />
      <ParsedField
        label="Replica"
        hint="Pod or instance with engine rank, e.g. pod-0/0. Empty: all."
        value={scope.replica}
        {...text}
        onChange={(replica) => change({ scope: pruned({ ...scope, replica }) })}
      />
      <ParsedField
        label="Known limits"
        hint="Of the deployment, e.g. max_num_seqs=16. Empty: exported or inferred."
        value={options.limits}
        isReadonly={isReadonly}
        format={formatLimits}
        parse={limitList}
        onChange={(limits) => change({ limits })}
      />
      <ParsedField
        label="Metric name prefix"
        hint="Only where relabelling changed it, e.g. team_vllm_."
        placeholder="vllm:"
        value={options.prefix}
        {...text}
        onChange={(prefix) => change({ prefix })}
      />
    </Group>
  );
}
