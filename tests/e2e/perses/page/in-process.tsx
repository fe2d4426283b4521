// The panel and the Prometheus plugin bundled into the application.

import * as prometheus from '@perses-dev/prometheus-plugin';
import { dynamicImportPluginLoader, type PluginModuleResource } from '@perses-dev/plugin-system';
import * as inferenceTriage from '@inference-triage/perses';
import { showPanel } from './panel-page';

showPanel(
  dynamicImportPluginLoader([
    loadable(prometheus.getPluginModule(), prometheus),
    loadable(inferenceTriage.getPluginModule() as PluginModuleResource, inferenceTriage),
  ]),
);

/**
 * Releases 0.54 look an export up by kind, name, registry and version, all others by name: offer
 * both.
 */
function loadable(
  resource: PluginModuleResource,
  exported: object,
): Parameters<typeof dynamicImportPluginLoader>[0][0] {
  const keyed = resource.spec.plugins.map(({ kind, spec: { name } }) => [
    `${kind}:${name}::${resource.metadata.version}`,
    Reflect.get(exported, name) as unknown,
  ]);
  const module = { ...exported, ...(Object.fromEntries(keyed) as object) };
  return { resource, importPlugin: () => Promise.resolve(module) };
}
