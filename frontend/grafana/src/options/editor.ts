import type { PanelOptionsEditorBuilder, SelectFieldConfigSettings } from '@grafana/data';
import {
  appliesIn,
  type Setting,
  type SettingPath,
  type SettingText,
} from '@inference-triage/engine';
import { SETTING_TEXTS } from '@inference-triage/engine/settings-texts';
import { writeDuration } from '@inference-triage/panel/time';

import { defaultOptions, OPTION_SETTINGS, OPTIONS_SCHEMA, type PhasesOptions } from './types';

type Builder = PanelOptionsEditorBuilder<PhasesOptions>;

/** The panel's own options, in Grafana's editors. */
export function addOptions(builder: Builder): void {
  for (const setting of OPTION_SETTINGS) {
    addSetting(builder, setting, SETTING_TEXTS[setting.path as SettingPath]);
  }
  builder.addRadio({
    path: 'grouping',
    name: 'Queries to copy',
    description: 'Whether the planned queries of the set-up card keep replicas apart.',
    category: [SETTING_TEXTS.prefix.group],
    defaultValue: defaultOptions().grouping,
    settings: {
      options: [
        { value: 'replica', label: 'by replica' },
        { value: 'model', label: 'by model' },
      ],
    },
  });
  builder.addTextInput({
    path: 'runbook',
    name: 'Runbook',
    description:
      'Address of the page that a verdict links, with {cause} for its id; docs/causes has a page of each.',
    category: [SETTING_TEXTS.sections.group],
    settings: { placeholder: 'https://runbooks.example/{cause}' },
  });
  // Written into every saved panel, so that a later release knows what it reads.
  builder.addNumberInput({
    path: 'schema',
    name: 'Version',
    defaultValue: OPTIONS_SCHEMA,
    showIf: () => false,
  });
}

/** The editor for a kind of setting; what has none is written into the panel's JSON. */
function addSetting(builder: Builder, setting: Setting, text: SettingText): void {
  const { kind, default: initial } = setting;
  const { label: name, entries = [] } = text;
  const common = {
    // The table has paths that Grafana's type of all paths within the options cannot see.
    path: setting.path as 'prefix',
    name,
    description: text.help,
    category: [text.group],
    ...(setting.mode === undefined
      ? {}
      : { showIf: (options: PhasesOptions) => appliesIn(setting, options) }),
  };
  switch (kind) {
    case 'choice':
      builder.addSelect({
        ...common,
        defaultValue: String(initial),
        settings: { options: entries.map(optionOf) },
      });
      break;
    case 'choices':
      // The type has one name for an entry and for the list of entries.
      builder.addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
        ...common,
        defaultValue: initial,
        settings: { options: entries.map(optionOf) },
      });
      break;
    case 'number':
      builder.addNumberInput({
        ...common,
        settings: { ...bounds(setting), placeholder: `${initial}` },
      });
      break;
    case 'number-by-id':
      for (const { id, title, help } of entries) {
        builder.addNumberInput({
          ...common,
          path: `${setting.path}.${id}` as 'prefix',
          name: `${name}: ${title}`,
          description: help,
          settings: { ...bounds(setting), placeholder: 'not set' },
        });
      }
      break;
    case 'text':
    case 'time':
    case 'duration':
      builder.addTextInput({ ...common, settings: { placeholder: placeholderOf(setting, text) } });
      break;
    default:
  }
}

function optionOf({ id, title, help }: NonNullable<SettingText['entries']>[number]) {
  return { value: id, label: title, description: help };
}

function placeholderOf({ kind, default: initial }: Setting, { example }: SettingText): string {
  return kind === 'duration' && typeof initial === 'number'
    ? writeDuration(initial)
    : (example ?? '');
}

/** Grafana's fields include their bounds, so that an excluded one is a little further in. */
function bounds({ least = -Infinity, most = Infinity, includesBounds, step = 1 }: Setting) {
  const isInside = includesBounds !== true;
  return {
    ...(Number.isFinite(least) ? { min: isInside ? least + step : least } : {}),
    ...(Number.isFinite(most) ? { max: isInside ? most - step / 100 : most } : {}),
    ...(step < 1 && Number.isFinite(most) ? { step } : {}),
    ...(step === 1 ? { integer: true } : {}),
  };
}
