// The options that only this panel has.

import type { JSX } from 'react';
import type { InferenceTriageOptions } from '../options.js';
import { Choice, ParsedField } from './fields.js';
import type { SettingFieldProps } from './setting-field.js';
import { timeZoneName } from './values.js';

const DENSITIES: readonly {
  value: NonNullable<InferenceTriageOptions['density']>;
  title: string;
}[] = [
  { value: 'comfortable', title: 'Comfortable' },
  { value: 'compact', title: 'Compact' },
];

interface OwnFieldsProps extends Pick<SettingFieldProps, 'isReadonly' | 'change'> {
  options: InferenceTriageOptions;
}

export function OwnFields({ options, isReadonly, change }: OwnFieldsProps): JSX.Element {
  return (
    <>
      <Choice
        label="Density"
        value={options.density}
        absent="Comfortable (default)"
        choices={DENSITIES}
        isReadonly={isReadonly}
        onChange={(density) => change('density', density)}
      />
      <ParsedField
        label="Time zone"
        hint="Perses does not tell a panel its zone. Empty: the browser's."
        placeholder="UTC"
        value={options.timeZone}
        isReadonly={isReadonly}
        format={(zone) => zone}
        parse={timeZoneName}
        onChange={(timeZone) => change('timeZone', timeZone)}
      />
      <ParsedField
        label="Runbook"
        hint="Address of the page that a verdict links, with {cause} for its id."
        placeholder="https://runbooks.example/{cause}"
        value={options.runbook}
        isReadonly={isReadonly}
        format={(address) => address}
        parse={(address) => address}
        onChange={(runbook) => change('runbook', runbook)}
      />
    </>
  );
}
