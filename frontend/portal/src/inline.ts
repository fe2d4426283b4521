import { wasmBytes } from '@inference-triage/engine/inline';
import { setWasmUrl } from './engine-source.js';
import { defineElement } from './registration.js';

// Elements that are on the page already look for their engine as soon as they are registered.
setWasmUrl(wasmBytes);
defineElement();

export * from './index.js';
