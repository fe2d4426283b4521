// Fails to compile when the plugin does not fit the types of this release of Perses.

import type { PanelPlugin, PanelProps, PluginModuleResource } from '@perses-dev/plugin-system';
import {
  getPluginModule,
  InferenceTriage,
  type InferenceTriageOptions,
} from '@inference-triage/perses';
import type { TimeSeriesData } from 'perses-release';

/** The panel as this release declares panels. */
export const panel: PanelPlugin<
  InferenceTriageOptions,
  PanelProps<InferenceTriageOptions, TimeSeriesData>
> = InferenceTriage;

/** The module as this release declares modules. */
export const resource: PluginModuleResource = getPluginModule();
