import { OptionsEditor } from './editor/options-editor.js';
import { createInitialOptions, type InferenceTriageOptions } from './options.js';
import type { PanelPlugin } from './perses.js';
import { ReportDownload } from './report-download.js';
import { TriageLoading, TriagePanel } from './triage-panel.js';

/** The Perses panel: the diagnosis of a serving engine from the results of time series queries. */
export const InferenceTriage: PanelPlugin<InferenceTriageOptions> = {
  PanelComponent: TriagePanel,
  LoadingComponent: TriageLoading,
  supportedQueryTypes: ['TimeSeriesQuery'],
  queryOptions: { mode: 'range' },
  createInitialOptions,
  panelOptionsEditorComponents: [{ label: 'Settings', content: OptionsEditor }],
  actions: [{ component: ReportDownload, location: 'header' }],
};
