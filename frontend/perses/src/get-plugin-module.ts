import manifest from '../package.json';
import { KIND, type PluginModuleResource } from './perses.js';

/**
 * What this module holds, for an application that renders panels in-process: see
 * `dynamicImportPluginLoader` of Perses.
 */
export function getPluginModule(): PluginModuleResource {
  return {
    kind: 'PluginModule',
    metadata: { name: KIND, version: manifest.version },
    spec: {
      plugins: [{ kind: 'Panel', spec: { name: KIND, display: { name: 'Inference Triage' } } }],
    },
  };
}
