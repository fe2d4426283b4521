import type { EngineSource } from '@inference-triage/engine';

let chosen: EngineSource | undefined;

/**
 * Where the WebAssembly module is taken from instead of the file beside this script: an address,
 * the bytes, or a compiled module. To be called before the first element is on the page.
 */
export function setWasmUrl(source: EngineSource): void {
  chosen = source;
}

/** The source that was chosen, or the file beside this script. */
export function engineSource(): EngineSource {
  return chosen ?? new URL('./inference_triage.wasm', import.meta.url);
}
