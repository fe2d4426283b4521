/**
 * The engine of Inference Triage in the browser. Importing it does nothing; {@link loadEngine}
 * does.
 *
 * ```ts
 * const loaded = await loadEngine(wasmUrl); // from '@inference-triage/engine/wasm'
 * if (loaded.state !== 'ready') return show(loaded.reason, loaded.cure);
 * const session = loaded.engine.createSession();
 * session.load({ responses });
 * show(session.report());
 * session.free();
 * ```
 */
export { openFile, type OpenedFile } from './capsule.js';
export { EngineError, type EngineErrorCode } from './error.js';
export type { Engine } from './engine.js';
export type { LoadFailure } from './failure.js';
export type { Colour, HeatMap, HeatMapQuery } from './heat-map.js';
export type { SessionInput } from './input.js';
export { loadEngine, type EngineState } from './load.js';
export type { EngineSource } from './module.js';
export type {
  FetchRange,
  HistoryOptions,
  Plan,
  PlannedQuery,
  PlanOptions,
  ServingEngine,
} from './plan.js';
export { keptBytesLimit, Session } from './session.js';
export type { PartialSettings } from './settings.js';
export {
  appliesIn,
  idsOf,
  settingsOfHost,
  valueAt,
  withValueAt,
  type Setting,
  type SettingKind,
  type SettingText,
  type WrittenSettings,
} from './settings-table.js';
export { SETTINGS, SETTINGS_SCHEMA, type SettingPath } from './settings-table.generated.js';
export type * from './types.generated.js';
