import type { BaselineMode } from '@inference-triage/engine';
import type { JSX } from 'react';
import { Choice, Group, ParsedField } from './fields.js';
import { readDuration, readTime } from '../times.js';
import type { PartProps } from './part.js';
import { checked, formatLimits, limitList, pruned } from './values.js';

const MODES: readonly { value: BaselineMode; title: string }[] = [
  { value: 'auto', title: 'Before the change, found automatically' },
  { value: 'range', title: 'An interval' },
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
        onChange={(mode) => change({ baseline: pruned({ mode }) })}
      />
      {baseline.mode === 'offset' ? (
        <ParsedField
          label="Earlier by"
          hint="The queries must bring it: a panel asks for no other data."
          placeholder="1d"
          value={baseline.offset}
          isReadonly={isReadonly}
          format={String}
          parse={(written) => checked(written, readDuration)}
          onChange={(offset) => change({ baseline: pruned({ ...baseline, offset }) })}
        />
      ) : null}
      {baseline.mode === 'range'
        ? (['start', 'end'] as const).map((edge) => (
            <ParsedField
              key={edge}
              label={`Baseline ${edge}`}
              hint="Empty: everything outside the diagnosed window."
              placeholder="2026-01-31T14:00:00Z"
              value={baseline[edge]}
              isReadonly={isReadonly}
              format={String}
              parse={(written) => checked(written, readTime)}
              onChange={(time) => change({ baseline: pruned({ ...baseline, [edge]: time }) })}
            />
          ))
        : null}
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
