import type { SloProfile } from '@inference-triage/engine';
import type { JSX } from 'react';
import { Choice, Group, ParsedField } from './fields.js';
import type { PartProps } from './part.js';
import { numberBetween, pruned } from './values.js';

const PROFILES: readonly { value: SloProfile; title: string }[] = [
  { value: 'chat', title: 'Chat' },
  { value: 'code-completion', title: 'Code completion' },
  { value: 'batch', title: 'Batch' },
  { value: 'rag', title: 'Retrieval-augmented generation' },
  { value: 'agent', title: 'Agent' },
];

const TARGETS = [
  { name: 'ttft', label: 'Time to first token, s' },
  { name: 'itl', label: 'Inter-token latency, s' },
  { name: 'tpot', label: 'Time per output token, s' },
  { name: 'e2e', label: 'End-to-end latency, s' },
] as const;

/** What is good enough: the profile, and what replaces its numbers. */
export function Objectives({ options, isReadonly, change }: PartProps): JSX.Element {
  const slo = options.slo ?? {};
  const set = (changed: Partial<typeof slo>): void =>
    change({ slo: pruned({ ...slo, ...changed }) });
  const share = { isReadonly, format: String, parse: (text: string) => numberBetween(text, 0, 1) };
  return (
    <Group title="Objectives">
      <Choice
        label="Kind of service"
        hint="Decides the targets that are not set below."
        value={slo.profile}
        absent="Chat (default)"
        choices={PROFILES}
        isReadonly={isReadonly}
        onChange={(profile) => set({ profile })}
      />
      {TARGETS.map(({ name, label }) => (
        <ParsedField
          key={name}
          label={label}
          placeholder="from the kind of service"
          value={slo.targets?.[name]}
          isReadonly={isReadonly}
          format={String}
          parse={(text) => numberBetween(text, 0, Infinity)}
          onChange={(target) => set({ targets: pruned({ ...slo.targets, [name]: target }) })}
        />
      ))}
      <ParsedField
        label="Judged quantile"
        hint="The quantile that must meet its target."
        placeholder="0.95"
        value={slo.quantile}
        {...share}
        onChange={(quantile) => set({ quantile })}
      />
      <ParsedField
        label="Objective"
        hint="Share of requests that must meet their target."
        placeholder="0.95"
        value={slo.objective}
        {...share}
        onChange={(objective) => set({ objective })}
      />
    </Group>
  );
}
