// Draws an Inference Triage report. Knows no host: everything it needs comes through `HostServices`
// and `Theme`.

export type {
  Annotation,
  HeatMapSource,
  HostServices,
  Interval,
  Link,
  ReadyState,
  Theme,
  ThemeToken,
  TimeStyle,
  ViewState,
} from './contract.js';
export { sizeClass } from './size-class.js';
export type { SizeClass } from './size-class.js';
export { View } from './view.js';
