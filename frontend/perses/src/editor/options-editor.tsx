// The tab "Settings" of the panel's editor: one field for every option.

import type { CSSProperties, JSX } from 'react';
import type { InferenceTriageOptions } from '../options.js';
import type { OptionsEditorProps } from '../perses.js';
import { Comparison } from './comparison.js';
import { Display } from './display.js';
import { Objectives } from './objectives.js';
import { pruned } from './values.js';

const FORM: CSSProperties = {
  display: 'grid',
  gap: 24,
  padding: 16,
  fontFamily: 'inherit',
  fontSize: 14,
};

export function OptionsEditor({
  value,
  onChange,
  isReadonly = false,
}: OptionsEditorProps<InferenceTriageOptions>): JSX.Element {
  const options = value ?? {};
  const change = (changed: InferenceTriageOptions): void =>
    onChange(pruned({ ...options, ...changed }) ?? {});
  const part = { options, isReadonly, change };
  return (
    <div style={FORM}>
      <Objectives {...part} />
      <Comparison {...part} />
      <Display {...part} />
    </div>
  );
}
