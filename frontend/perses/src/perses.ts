// What Perses gives a panel plugin and takes from it, as far as releases 0.52 and 0.54 agree.
// Written here, because a plugin that imports Perses's own packages at run time is bound to one
// release; the host pages of the tests compare these types with the real ones.

import type { ReactElement } from 'react';

/** The name of the panel: of the plugin, of its export and of its federated module. */
export const KIND = 'InferenceTriage';

export interface PluginDefinition {
  kind: string;
  spec: unknown;
}

export interface QueryDefinition {
  kind: string;
  spec: {
    /** A name given by the author of the dashboard; since Perses 0.54. */
    name?: string | undefined;
    plugin: PluginDefinition;
  };
}

export interface PanelDefinition {
  kind: string;
  spec: {
    display?: { name?: string | undefined } | undefined;
    queries?: readonly QueryDefinition[] | undefined;
  };
}

/** `[rule, lower, upper, count]`, the last three as text. */
export type Bucket = readonly [number, string, string, string];

/** A native histogram; numbers come as text, whatever Perses's own types say. */
export interface HistogramSample {
  count: number | string;
  sum: number | string;
  buckets?: readonly Bucket[] | undefined;
}

export interface TimeSeries {
  name: string;
  formattedName?: string | undefined;
  /** Prometheus's labels, `__name__` and `le` included. */
  labels?: Readonly<Record<string, string>> | undefined;
  /** Unix milliseconds. For native histograms the values are their sums. */
  values: readonly (readonly [number, number | null])[];
  /** Unix seconds, unlike `values`. */
  histograms?: readonly (readonly [number, HistogramSample])[] | undefined;
}

export interface TimeSeriesData {
  series: readonly TimeSeries[];
  stepMs?: number | undefined;
  metadata?:
    | {
        notices?: readonly { type: 'error' | 'info' | 'warning'; message: string }[] | undefined;
        /** The PromQL that was sent, variables replaced. */
        executedQueryString?: string | undefined;
      }
    | undefined;
}

export interface QueryResult {
  definition: QueryDefinition;
  /**
   * Absent for failed and pending queries; a panel does not get those at all, its header actions
   * do.
   */
  data?: TimeSeriesData | undefined;
}

export interface PanelProps<Spec> {
  spec: Spec;
  contentDimensions?: { width: number; height: number } | undefined;
  definition?: PanelDefinition | undefined;
  queryResults: readonly QueryResult[];
}

export interface OptionsEditorProps<Spec> {
  value: Spec;
  onChange: (next: Spec) => void;
  isReadonly?: boolean | undefined;
}

/** A component that is a function of its props. */
export type Component<Props> = (props: Props) => ReactElement | null;

export interface PanelPlugin<Spec> {
  PanelComponent: Component<PanelProps<Spec>>;
  LoadingComponent: Component<PanelProps<Spec>>;
  createInitialOptions: () => Spec;
  supportedQueryTypes: 'TimeSeriesQuery'[];
  queryOptions: { mode: 'range' };
  panelOptionsEditorComponents: { label: string; content: Component<OptionsEditorProps<Spec>> }[];
  actions: { component: Component<PanelProps<Spec>>; location: 'header' }[];
}

/** How an application that renders panels by itself is told what a module holds. */
export interface PluginModuleResource {
  kind: 'PluginModule';
  metadata: { name: string; version: string };
  spec: { plugins: { kind: 'Panel'; spec: { name: string; display: { name: string } } }[] };
}
