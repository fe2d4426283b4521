// The field for a setting, by its kind.

import {
  valueAt,
  type Setting,
  type SettingPath,
  type SettingText,
} from '@inference-triage/engine';
import { SETTING_TEXTS } from '@inference-triage/engine/settings-texts';
import { writeDuration } from '@inference-triage/panel/time';
import type { JSX } from 'react';
import { readDuration, readTime } from '../times.js';
import { Check, Choice, ParsedField } from './fields.js';
import { checked, numberIn, numberList } from './values.js';

export interface SettingFieldProps {
  setting: Setting;
  options: object;
  isReadonly: boolean;
  /** Replaces the value at a path; undefined takes it away. */
  change(path: string, value: unknown): void;
}

/** Nothing for a kind that no field is for: that is written into the panel's definition. */
export function SettingField(props: SettingFieldProps): JSX.Element | null {
  const { setting, options, isReadonly, change } = props;
  const text = SETTING_TEXTS[setting.path as SettingPath];
  const written = valueAt(options, setting.path);
  const common = {
    label: text.label,
    hint: text.help,
    placeholder: placeholderOf(setting, text),
    isReadonly,
    onChange: (value: unknown) => change(setting.path, value),
  };
  switch (setting.kind) {
    case 'choice':
      return <OneOf {...props} text={text} />;
    case 'choices':
      return <Several {...props} text={text} />;
    case 'number-by-id':
      return <Numbers {...props} text={text} />;
    case 'number':
      return (
        <ParsedField
          {...common}
          value={written}
          format={String}
          parse={(typed) => numberIn(setting, typed)}
        />
      );
    case 'numbers':
      return (
        <ParsedField<readonly unknown[]>
          {...common}
          value={Array.isArray(written) ? written : undefined}
          format={(numbers) => numbers.join(', ')}
          parse={(typed) => numberList(setting, typed)}
        />
      );
    case 'text':
      return <ParsedField {...common} value={written} format={String} parse={(typed) => typed} />;
    case 'time':
    case 'duration': {
      const read = setting.kind === 'time' ? readTime : readDuration;
      return (
        <ParsedField
          {...common}
          value={written}
          format={String}
          parse={(typed) => checked(typed, read)}
        />
      );
    }
    default:
      return null;
  }
}

interface NamedProps extends SettingFieldProps {
  text: SettingText;
}

function OneOf({ setting, text, options, isReadonly, change }: NamedProps): JSX.Element {
  const choices = (text.entries ?? []).map(({ id, title }) => ({ value: id, title }));
  const initial = choices.find(({ value }) => value === setting.default);
  const written = valueAt(options, setting.path);
  return (
    <Choice
      label={text.label}
      hint={text.help}
      value={choices.find(({ value }) => value === written)?.value}
      absent={`${initial?.title ?? 'Not set'} (default)`}
      choices={choices}
      isReadonly={isReadonly}
      onChange={(value) => change(setting.path, value)}
    />
  );
}

/** A box to tick for each id, in reading order; all of them are as good as none chosen. */
function Several({ setting, text, options, isReadonly, change }: NamedProps): JSX.Element {
  const all = setting.ids ?? [];
  const written = valueAt(options, setting.path);
  const shown: readonly unknown[] = Array.isArray(written) ? written : all;
  const toggle = (id: string, isChecked: boolean): void => {
    const next = all.filter((one) => (one === id ? isChecked : shown.includes(one)));
    change(setting.path, next.length === all.length ? undefined : next);
  };
  return (
    <>
      {(text.entries ?? []).map(({ id, title }) => (
        <Check
          key={id}
          label={title}
          isChecked={shown.includes(id)}
          isReadonly={isReadonly}
          onChange={(isChecked) => toggle(id, isChecked)}
        />
      ))}
    </>
  );
}

function Numbers({ setting, text, options, isReadonly, change }: NamedProps): JSX.Element {
  return (
    <>
      {(text.entries ?? []).map(({ id, title, help }) => (
        <ParsedField
          key={id}
          label={`${text.label}: ${title}`}
          hint={help}
          value={valueAt(options, `${setting.path}.${id}`)}
          isReadonly={isReadonly}
          format={String}
          parse={(typed) => numberIn(setting, typed)}
          onChange={(value) => change(`${setting.path}.${id}`, value)}
        />
      ))}
    </>
  );
}

function placeholderOf({ kind, default: initial }: Setting, { example = '' }: SettingText): string {
  if (initial === undefined) return example;
  if (kind === 'duration') return writeDuration(Number(initial));
  return Array.isArray(initial) ? initial.join(', ') : String(initial);
}
