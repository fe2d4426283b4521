/**
 * The address of the wasm module beside this file, in the form that bundlers recognise and replace
 * by their own.
 */
export const wasmUrl = new URL('./inference_triage.wasm', import.meta.url);
