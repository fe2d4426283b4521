// Cargo: the target for wasm, where its products lie, and the runner of wasm tests.

import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { outputOf, root, run, Stop } from './process.mjs';

export const wasmTarget = 'wasm32-unknown-unknown';

/** Adds the wasm target to the pinned toolchain when it is not there. */
export async function installWasmTarget() {
  const installed = outputOf('rustup', ['target', 'list', '--installed']) ?? '';
  if (installed.split('\n').includes(wasmTarget)) return;
  console.log(`adding the Rust target ${wasmTarget} …`);
  await run('rustup', ['target', 'add', wasmTarget]);
}

/** Cargo's folder for products, wherever this machine puts it. */
export function targetFolder() {
  const metadata = outputOf('cargo', ['metadata', '--no-deps', '--format-version', '1']);
  if (!metadata)
    throw new Stop(
      '"cargo metadata" failed: Cargo.toml is not readable or the toolchain is broken',
    );
  return JSON.parse(metadata).target_directory;
}

/** Builds the command-line program with the release profile and returns its path. */
export async function buildProgram() {
  await run('cargo', ['build', '--release', '--package', 'inference-triage']);
  return path.join(targetFolder(), 'release/inference-triage');
}

/** The wasm-bindgen version that the workspace pins. */
export function wasmBindgenVersion() {
  const manifest = readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
  const match = /^wasm-bindgen = "=([^"]+)"/m.exec(manifest);
  if (!match) throw new Stop('Cargo.toml does not pin wasm-bindgen as wasm-bindgen = "=x.y.z"');
  return match[1];
}

/**
 * The path of a wasm-bindgen-test-runner of exactly the pinned version; compiled once per user when
 * there is none.
 */
export async function installWasmTestRunner() {
  const version = wasmBindgenVersion();
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'inference-triage', `wasm-bindgen-${version}`);
  const cached = path.join(folder, 'bin/wasm-bindgen-test-runner');
  for (const candidate of ['wasm-bindgen-test-runner', cached]) {
    if (outputOf(candidate, ['--version'])?.endsWith(` ${version}`)) return candidate;
  }
  console.log(
    `compiling wasm-bindgen-test-runner ${version} into ${folder}, once (about 3 minutes) …`,
  );
  // Its own target folder keeps the workspace's products apart from a tool's.
  const products = path.join(folder, 'target');
  // The runner talks to a driver on this machine, so it needs no TLS, which is half of the build.
  const only = ['--no-default-features', '--bin', 'wasm-bindgen-test-runner'];
  const args = ['install', 'wasm-bindgen-cli', '--version', version, ...only, '--root', folder];
  await run('cargo', args, { env: { CARGO_TARGET_DIR: products } });
  rmSync(products, { recursive: true, force: true });
  return cached;
}
