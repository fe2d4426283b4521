import type { EngineSource } from '@inference-triage/engine';
import { wasmUrl } from '@inference-triage/engine/wasm';

let chosen: EngineSource | undefined;

/**
 * Where the WebAssembly module is taken from instead of the file beside this script: an address,
 * the bytes, or a compiled module. For applications that bundle the panel; to be called before the
 * first panel is on the page.
 */
export function setWasmUrl(source: EngineSource): void {
  chosen = source;
}

/** The source that was chosen, or the file beside this script. */
export function engineSource(): EngineSource {
  return chosen ?? wasmUrl;
}
