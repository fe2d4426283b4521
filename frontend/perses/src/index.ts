/**
 * The Perses panel `InferenceTriage` for applications that bundle it. A Perses server loads it by
 * module federation instead.
 *
 * ```ts
 * import * as inferenceTriage from '@inference-triage/perses';
 * const pluginLoader = dynamicImportPluginLoader([
 *   { resource: inferenceTriage.getPluginModule(), importPlugin: async () => inferenceTriage },
 * ]);
 * ```
 */
export { setWasmUrl } from './engine-source.js';
export type {
  InferenceTriageEventMap,
  ProblemDetail,
  ReportDetail,
  WindowDetail,
} from './events.js';
export { getPluginModule } from './get-plugin-module.js';
export { InferenceTriage } from './InferenceTriage.js';
export type { InferenceTriageOptions } from './options.js';
