import { SETTINGS, type Setting, type SettingText } from '@inference-triage/engine';
import { SETTING_TEXTS } from '@inference-triage/engine/settings-texts';
import type { AttributeName, OWN_ATTRIBUTE_NAMES, SettingAttribute } from './attributes.js';

/** One attribute of the element, as documented. */
export interface AttributeDescription {
  /** TypeScript type of its meaning. */
  readonly type: string;
  /** What holds without it. */
  readonly default?: string;
  readonly description: string;
}

const OWN: Readonly<Record<(typeof OWN_ATTRIBUTE_NAMES)[number], AttributeDescription>> = {
  url: {
    type: 'string',
    description:
      'Address of a Prometheus-compatible server, the part before `/api/v1`. Relative addresses are resolved against the page.',
  },
  match: {
    type: 'string',
    description: 'Label matchers for every query, e.g. `model_name="gemma", namespace="chat"`.',
  },
  range: { type: 'duration', default: '1h', description: 'How much of the past is read.' },
  end: {
    type: 'time',
    description: 'Fixed end of the range, RFC 3339 or Unix seconds. Without it the range ends now.',
  },
  refresh: {
    type: 'duration | "off"',
    default: 'off',
    description:
      'Pause between two refreshes. Only the newest part is fetched; nothing is fetched while the page is hidden.',
  },
  timeout: {
    type: 'duration',
    default: '30s',
    description: 'A query that takes longer is given up.',
  },
  credentials: {
    type: '"same-origin" | "include" | "omit"',
    default: 'same-origin',
    description: 'Whether cookies go with the queries.',
  },
  engine: {
    type: 'string',
    default: 'vllm',
    description: 'The serving engine whose metrics are asked for.',
  },
  grouping: {
    type: '"replica" | "model"',
    default: 'replica',
    description: 'One line of data per replica, or sums per model for large fleets.',
  },
  theme: {
    type: '"light" | "dark" | "auto"',
    default: 'auto',
    description:
      "Colour scheme; `auto` follows the CSS `color-scheme` around the element, then the reader's system.",
  },
  density: { type: '"comfortable" | "compact"', default: 'comfortable', description: 'Spacing.' },
  'time-zone': {
    type: 'string',
    description:
      "IANA zone for every time shown, e.g. `UTC` or `Europe/Zurich`; without it the reader's.",
  },
  fill: {
    type: 'boolean',
    description:
      'The page gives the element its height and the panel scrolls inside; otherwise the element is as tall as its content.',
  },
  permalink: {
    type: 'string',
    description:
      "Keeps the reader's window, and what it is compared with, in that parameter of the page's address, e.g. `triage`, and offers a button that copies a link to the same window of the same range. One name for each element of a page.",
  },
  runbook: {
    type: 'string',
    description:
      'Address of the page that a verdict links, with `{cause}` for its id, e.g. `/runbooks/{cause}.html`. Pages of all causes are in `docs/causes`.',
  },
  capsules: {
    type: 'boolean',
    description:
      'Readers may save data and settings as an incident capsule, with or without names, and open one, or a saved range response, by dropping the file onto the element.',
  },
};

/** How the attribute of a kind of setting is written. */
const TYPES: Readonly<Record<Setting['kind'], string>> = {
  number: 'number',
  choice: 'string',
  text: 'string',
  time: 'time',
  duration: 'duration',
  interval: 'T..T',
  numbers: 'list of numbers',
  choices: 'list of words',
  'number-by-id': 'list of name=number',
  'number-by-name': 'list of name=number',
};

/** What the help of a setting cannot know of its attribute. */
const HOW: Readonly<Partial<Record<SettingAttribute, string>>> = {
  baseline: ' `auto`, `range`, `none`, a duration (the same window that much earlier), or `T..T`.',
  window: " A reader's selection on the chart takes its place until it is cleared.",
};

function describe(setting: Setting, text: SettingText): AttributeDescription {
  const { kind, ids = [], default: initial, attribute } = setting;
  const isComposed = attribute === 'baseline';
  const isMap = kind === 'number-by-id' || kind === 'number-by-name';
  return {
    type: kind === 'choice' && !isComposed ? ids.map((id) => `"${id}"`).join(' | ') : TYPES[kind],
    ...(initial === undefined
      ? {}
      : { default: Array.isArray(initial) ? initial.join(' ') : String(initial) }),
    description: [
      text.help,
      HOW[attribute as SettingAttribute] ?? '',
      kind === 'choices' ? ` ${ids.map((id) => `\`${id}\``).join(', ')}.` : '',
      isMap && text.example !== undefined ? ` For example \`${text.example}\`.` : '',
    ].join(''),
  };
}

const OF_SETTINGS = Object.fromEntries(
  SETTINGS.flatMap((setting) =>
    'attribute' in setting
      ? [[setting.attribute, describe(setting, SETTING_TEXTS[setting.path])]]
      : [],
  ),
) as Readonly<Record<SettingAttribute, AttributeDescription>>;

/** What each attribute means. Only the manifest and its readers load this. */
export const ATTRIBUTES: Readonly<Record<AttributeName, AttributeDescription>> = {
  ...OWN,
  ...OF_SETTINGS,
};
