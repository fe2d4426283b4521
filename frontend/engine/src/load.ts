import { createEngine, type Engine } from './engine.js';
import { CannotLoad, notStarted, type LoadFailure } from './failure.js';
import { wasmGlue } from './glue.js';
import { Instance } from './instance.js';
import { compileModule, type EngineSource } from './module.js';
import { currentPage } from './page.js';

/** The engine, or why there is none. */
export type EngineState = { state: 'ready'; engine: Engine } | LoadFailure;

/**
 * The page's engine, loaded from the source on the first call. Later calls answer the same engine
 * whatever their source; after a failure the next call tries again. Never throws or rejects.
 */
export async function loadEngine(source: EngineSource): Promise<EngineState> {
  const page = currentPage();
  for (;;) {
    if (page.ready) return page.ready;
    const { attempt } = page;
    if (!attempt) break;
    const outcome = await attempt.outcome;
    // Another source may succeed where this one failed.
    if (isSame(attempt.source, source)) return outcome;
  }
  const outcome = attemptToLoad(source);
  page.attempt = { source, outcome };
  const state = await outcome;
  delete page.attempt;
  if (state.state === 'ready') page.ready = state;
  return state;
}

async function attemptToLoad(source: EngineSource): Promise<EngineState> {
  try {
    const module = await compileModule(source);
    return { state: 'ready', engine: createEngine(await start(module), wasmGlue) };
  } catch (thrown) {
    return thrown instanceof CannotLoad ? thrown.failure : notStarted(thrown).failure;
  }
}

async function start(module: WebAssembly.Module): Promise<Instance> {
  try {
    return await Instance.start(wasmGlue, module);
  } catch (cause) {
    throw notStarted(cause);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return one instanceof URL || other instanceof URL ? String(one) === String(other) : one === other;
}
