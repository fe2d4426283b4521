// The built package, and a second one whose module traps on request.

import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { buildWasm, forcedTrapFolder, functionsFile } from '../../../deploy/steps/build-wasm.mjs';
import { root } from '../../../deploy/steps/process.mjs';

/** The built package as it is published. */
export const packageFolder = path.join(root, 'frontend/engine');

/**
 * The same JavaScript beside a module that traps when asked for the columns `forced-trap.panic` and
 * `forced-trap.abort`.
 */
export const forcedTrapPackage = path.dirname(forcedTrapFolder);

/**
 * Builds the module with the forced trap unless it is there, and puts the built JavaScript beside
 * it.
 */
export async function buildForcedTrapPackage() {
  await buildWasm({ forcedTrap: true });
  const dist = path.join(forcedTrapPackage, 'dist');
  rmSync(dist, { recursive: true, force: true });
  cpSync(path.join(packageFolder, 'dist'), dist, { recursive: true });
}

/** The names of the functions of that module, by their numbers. */
export function forcedTrapFunctions() {
  const lines = readFileSync(path.join(forcedTrapFolder, functionsFile), 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** The public entry of a package, imported into this process. */
export function importEngine(folder = packageFolder) {
  const entry = path.join(folder, 'dist/index.js');
  requireFile(entry);
  return import(pathToFileURL(entry).href);
}

/** The bytes of a package's wasm module. */
export function wasmBytes(folder = packageFolder) {
  return readFileSync(path.join(folder, 'wasm/inference_triage.wasm'));
}

function requireFile(file) {
  if (existsSync(file)) return;
  throw new Error(`${path.relative(root, file)} is missing: run "npm run build" first`);
}
