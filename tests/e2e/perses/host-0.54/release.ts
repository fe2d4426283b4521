// Where release 0.54 differs from its predecessors.

export type { TimeSeriesData } from '@perses-dev/core';

/** Queries as `DataQueriesProvider` takes them: the whole definition. */
export function queryDefinitions<Definition>(queries: readonly Definition[]): Definition[] {
  return [...queries];
}

/** Where a Perses server is, as `remotePluginLoader` takes it. */
export function serverOptions(): { apiPrefix: string; baseURL: string } {
  return { apiPrefix: apiPrefix(), baseURL: apiPrefix() };
}

/** What a Perses server writes into its page. */
function apiPrefix(): string {
  const configuration = (globalThis as { PERSES_APP_CONFIG?: { api_prefix?: string } })
    .PERSES_APP_CONFIG;
  return configuration?.api_prefix ?? '';
}
