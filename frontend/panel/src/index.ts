/**
 * One view with one session behind it. A host gives a {@link Panel} its data as a sample batch,
 * which {@link BatchBuilder} makes of the host's own query results, and the services and theme of
 * the place.
 */
export {
  BatchBuilder,
  type HostSeries,
  type HostNativeSeries,
  type HostValue,
} from './batch-builder.js';
export { copyText } from './clipboard.js';
export {
  dashboardAddress,
  placeInAddress,
  type Place,
  type RangeNames,
} from './dashboard-address.js';
export {
  Panel,
  type HostKnowledge,
  type PanelEvents,
  type PanelOptions,
  type PanelServices,
} from './panel.js';
export { sessionInput, type PanelData, type RangeResponse } from './panel-data.js';
export { SECTIONS } from '@inference-triage/view';
export { asSentence, describeProblem, type Problem } from './problem.js';
export { NAMESPACE_HINT, setupFor, type Setup } from './setup.js';
export { timeFormatter } from './time-format.js';
export type { TimeWindow } from './time-window.js';
