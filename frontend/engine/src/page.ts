import type { EngineState } from './load.js';
import { release } from './release.js';

/**
 * What one page knows of the engine. Two bundles with copies of this package share it, and with it
 * one wasm memory.
 */
export interface Page {
  ready?: Extract<EngineState, { state: 'ready' }>;
  /** The attempt under way, and what it loads. */
  attempt?: { source: unknown; outcome: Promise<EngineState> };
}

const key = Symbol.for(`@inference-triage/engine ${release}`);

/**
 * Used where the global object is frozen; such a page then has one engine for each copy of this
 * package.
 */
const ownPage: Page = {};

/** The page's entry for this release, made on first use. */
export function currentPage(): Page {
  const global = globalThis as { [key]?: Page };
  try {
    return (global[key] ??= ownPage);
  } catch {
    return ownPage;
  }
}
