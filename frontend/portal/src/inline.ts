import { wasmBytes } from '@inference-triage/engine/inline';
import { defineElement } from './define.js';
import { setWasmUrl } from './engine-source.js';

// Nothing is fetched for the engine, for pages that may not fetch a file of this package.
setWasmUrl(wasmBytes);

export * from './index.js';
export { defineElement };
