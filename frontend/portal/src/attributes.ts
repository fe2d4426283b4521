/** Every attribute of `<inference-triage>`, in reading order. */
export const ATTRIBUTE_NAMES = [
  'url',
  'match',
  'range',
  'end',
  'refresh',
  'timeout',
  'credentials',
  'engine',
  'grouping',
  'prefix',
  'profile',
  'slo',
  'slo-quantile',
  'slo-objective',
  'baseline',
  'window',
  'limits',
  'model',
  'replica',
  'quantiles',
  'sections',
  'theme',
  'density',
  'time-zone',
  'fill',
] as const;

/** Name of an attribute of the element. */
export type AttributeName = (typeof ATTRIBUTE_NAMES)[number];

/** Reads an attribute; null when it is not set. */
export type AttributeReader = (name: AttributeName) => string | null;
