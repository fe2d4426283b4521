// Draws an Inference Triage report. Knows no host: everything it needs comes through `HostServices`
// and `Theme`.

export type {
  Annotation,
  ComparedWith,
  ComparisonSource,
  HeatMapSource,
  HostServices,
  Interval,
  Link,
  ReadyState,
  SizeClass,
  Theme,
  ThemeToken,
  PieceSource,
  ReplicaSource,
  TimelineSource,
  TimeStyle,
  ViewState,
} from './contract.js';
export { sizeClass } from './page/size-class.js';
export { REPORT_SCHEMA } from './page/readable.js';
export { View } from './page/view.js';
export { SECTIONS } from './words/catalogue.generated.js';
