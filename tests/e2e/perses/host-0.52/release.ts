// Where release 0.52 differs from its successors.

export type { TimeSeriesData } from '@perses-dev/core';

interface Query {
  spec: { plugin: { kind: string; spec: object } };
}

/** Queries as `DataQueriesProvider` takes them: the plugin alone. */
export function queryDefinitions<Definition extends Query>(
  queries: readonly Definition[],
): Definition['spec']['plugin'][] {
  return queries.map(({ spec }) => spec.plugin);
}

/** Where a Perses server is, as `remotePluginLoader` takes it. */
export function serverOptions(): string {
  return apiPrefix();
}

/** What a Perses server writes into its page. */
function apiPrefix(): string {
  const configuration = (globalThis as { PERSES_APP_CONFIG?: { api_prefix?: string } })
    .PERSES_APP_CONFIG;
  return configuration?.api_prefix ?? '';
}
