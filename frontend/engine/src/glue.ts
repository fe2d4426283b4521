// The only file that knows the generated JavaScript.

import start, * as generated from '../wasm/inference_triage.js';

/** One session inside the wasm module. It dies with the instance that made it. */
export type Handle = generated.Session;

/** What the rest of this package needs of the wasm module. */
export interface Glue {
  /** Instantiates the module; once a page. */
  start(module: WebAssembly.Module): Promise<void>;
  /**
   * Replaces the instance by a fresh one. Every handle made before is dead and must not be touched,
   * not even freed.
   */
  reset(): void;
  openSession(): Handle;
  /** Bytes of the instance's memory; it never shrinks. */
  memoryBytes(): number;
  engines: typeof generated.engines;
  plan: typeof generated.plan;
  historyRange: typeof generated.historyRange;
  prefixOfName: typeof generated.prefixOfName;
}

export const wasmGlue: Glue = {
  async start(module) {
    await start({ module_or_path: module });
  },
  reset: generated.__wbg_reset_state,
  openSession: () => new generated.Session(),
  memoryBytes: generated.memoryBytes,
  engines: generated.engines,
  plan: generated.plan,
  historyRange: generated.historyRange,
  prefixOfName: generated.prefixOfName,
};
