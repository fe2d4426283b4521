// Sources of the panel as Node can import them.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Imports a file of src/ with everything it needs inside; a test that does so needs no browser. */
export async function importSource(name) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-source-'));
  try {
    const outfile = path.join(folder, 'source.mjs');
    const entry = path.resolve(import.meta.dirname, '../src', name);
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The engine, from the module that is shipped. */
export async function loadedEngine() {
  const { readFileSync } = await import('node:fs');
  const { loadEngine } = await import('@inference-triage/engine');
  const module = readFileSync(
    new URL(import.meta.resolve('@inference-triage/engine/inference_triage.wasm')),
  );
  const loaded = await loadEngine(new Uint8Array(module));
  if (loaded.state !== 'ready') throw new Error(loaded.reason);
  return loaded.engine;
}
