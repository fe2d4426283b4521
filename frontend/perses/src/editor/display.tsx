import type { Section } from '@inference-triage/engine';
import { SECTIONS } from '@inference-triage/panel';
import type { JSX } from 'react';
import type { InferenceTriageOptions } from '../options.js';
import { Check, Choice, Group, ParsedField } from './fields.js';
import type { PartProps } from './part.js';
import { quantileList, timeZoneName } from './values.js';

const SECTION_TITLE: Readonly<Record<Section, string>> = {
  verdict: 'Verdict',
  phases: 'Phases',
  matrix: 'Triage matrix',
  strips: 'Strips over time',
  heatmap: 'Heat map',
  evidence: 'Evidence',
  fleet: 'Fleet',
};

const DENSITIES: readonly {
  value: NonNullable<InferenceTriageOptions['density']>;
  title: string;
}[] = [
  { value: 'comfortable', title: 'Comfortable' },
  { value: 'compact', title: 'Compact' },
];

/** What is shown, and how. */
export function Display({ options, isReadonly, change }: PartProps): JSX.Element {
  const shown = options.sections ?? SECTIONS;
  const toggle = (section: Section, isShown: boolean): void => {
    const next = isShown
      ? SECTIONS.filter((one) => one === section || shown.includes(one))
      : shown.filter((one) => one !== section);
    change({ sections: next.length === SECTIONS.length ? undefined : next });
  };
  return (
    <>
      <Group title="Parts">
        {SECTIONS.map((section) => (
          <Check
            key={section}
            label={SECTION_TITLE[section]}
            isChecked={shown.includes(section)}
            isReadonly={isReadonly}
            onChange={(isShown) => toggle(section, isShown)}
          />
        ))}
      </Group>
      <Group title="Display">
        <ParsedField
          label="Quantiles"
          placeholder="0.5, 0.95, 0.99"
          value={options.quantiles}
          isReadonly={isReadonly}
          format={(quantiles) => quantiles.join(', ')}
          parse={quantileList}
          onChange={(quantiles) => change({ quantiles })}
        />
        <Choice
          label="Density"
          value={options.density}
          absent="Comfortable (default)"
          choices={DENSITIES}
          isReadonly={isReadonly}
          onChange={(density) => change({ density })}
        />
        <ParsedField
          label="Time zone"
          hint="Perses does not tell a panel its zone. Empty: the browser's."
          placeholder="UTC"
          value={options.timeZone}
          isReadonly={isReadonly}
          format={(zone) => zone}
          parse={timeZoneName}
          onChange={(timeZone) => change({ timeZone })}
        />
      </Group>
    </>
  );
}
