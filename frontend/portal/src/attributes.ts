import { SETTINGS } from '@inference-triage/engine';

/** Attributes about the source and the looks, in reading order; settings have theirs besides. */
export const OWN_ATTRIBUTE_NAMES = [
  'url',
  'match',
  'range',
  'end',
  'refresh',
  'timeout',
  'credentials',
  'engine',
  'grouping',
  'theme',
  'density',
  'time-zone',
  'fill',
  'permalink',
  'runbook',
  'capsules',
] as const;

/** Name of an attribute that holds a setting. */
export type SettingAttribute = Extract<
  (typeof SETTINGS)[number],
  { attribute: string }
>['attribute'];

/** Name of an attribute of the element. */
export type AttributeName = (typeof OWN_ATTRIBUTE_NAMES)[number] | SettingAttribute;

/** Every attribute of `<inference-triage>`, in reading order. */
export const ATTRIBUTE_NAMES: readonly AttributeName[] = [
  ...OWN_ATTRIBUTE_NAMES,
  ...SETTINGS.flatMap((setting) => ('attribute' in setting ? [setting.attribute] : [])),
];

/** Reads an attribute; null when it is not set. */
export type AttributeReader = (name: AttributeName) => string | null;
