// The tab "Settings" of the panel's editor: a field for every setting of the table, by group, and
// the panel's own beside those about the display.

import { appliesIn, withValueAt, type Setting, type SettingPath } from '@inference-triage/engine';
import { SETTING_TEXTS } from '@inference-triage/engine/settings-texts';
import type { CSSProperties, JSX } from 'react';
import { OPTION_SETTINGS, type InferenceTriageOptions } from '../options.js';
import type { OptionsEditorProps } from '../perses.js';
import { Group } from './fields.js';
import { OwnFields } from './own-fields.js';
import { SettingField } from './setting-field.js';

const FORM: CSSProperties = {
  display: 'grid',
  gap: 24,
  padding: 16,
  fontFamily: 'inherit',
  fontSize: 14,
};

/** Kinds that no field is for. */
const WITHOUT_FIELD: readonly Setting['kind'][] = ['interval', 'number-by-name'];

const FIELDS = OPTION_SETTINGS.filter(({ kind }) => !WITHOUT_FIELD.includes(kind));

const groupOf = ({ path }: Setting): string => SETTING_TEXTS[path as SettingPath].group;

const GROUPS = [...new Set(FIELDS.map(groupOf))];

export function OptionsEditor({
  value,
  onChange,
  isReadonly = false,
}: OptionsEditorProps<InferenceTriageOptions>): JSX.Element {
  const options = value ?? {};
  const change = (path: string, changed: unknown): void =>
    onChange(withoutIdle(withValueAt(options, path, changed)));
  const part = { options, isReadonly, change };
  return (
    <div style={FORM}>
      {GROUPS.map((group) => (
        <Group key={group} title={group}>
          {FIELDS.filter((setting) => groupOf(setting) === group)
            .filter((setting) => appliesIn(setting, options))
            .map((setting) => (
              <SettingField key={setting.path} setting={setting} {...part} />
            ))}
          {group === SETTING_TEXTS.sections.group ? <OwnFields {...part} /> : null}
        </Group>
      ))}
    </div>
  );
}

/** What another mode was given would stay in the panel unseen. */
function withoutIdle(options: InferenceTriageOptions): InferenceTriageOptions {
  const idle = OPTION_SETTINGS.filter((setting) => !appliesIn(setting, options));
  return idle.reduce((kept, { path }) => withValueAt(kept, path, undefined), options);
}
