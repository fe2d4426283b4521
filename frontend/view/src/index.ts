// Draws an Inference Triage report. Knows no host: everything it needs comes through `HostServices` and `Theme`.

export type {
<<<<<<< HEAD
  HeatMapSource,
  HostServices,
  Interval,
=======
  Annotation,
  HostServices,
  Interval,
  Link,
>>>>>>> 009a9ed6c2f11cf5b622bb072b9ed7b704162ddd
  ReadyState,
  Theme,
  ThemeToken,
  TimeStyle,
  ViewState,
} from './contract.js';
export { sizeClass } from './size-class.js';
export type { SizeClass } from './size-class.js';
export { View } from './view.js';
