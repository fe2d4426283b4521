// Building: wasm first, then the front end in the order data flows. Each is done once per verb.

import { buildWasm } from './build-wasm.mjs';
import { isStale } from './files.mjs';
import { installPackages, workspaces } from './packages.mjs';
import { root, run } from './process.mjs';
import { buildProgram, installWasmTarget } from './rust.mjs';
import { requireTools } from './tools.mjs';

/** Where the front end's build leaves the demo page. */
export const demoFolder = 'frontend/portal/dist/demo';

/** Runs `work` at most once and gives every caller the same promise. */
function once(work) {
  let promise;
  return () => (promise ??= work());
}

/** Checks the compilers and installs what they need from their registries. */
export const prepare = once(async () => {
  requireTools(['cargo', 'rustup', 'npm']);
  await installWasmTarget();
  await installPackages();
});

/** The core as WebAssembly with its glue, then every package of the front end. */
export const buildFrontend = once(async () => {
  await prepare();
  await buildWasm();
  for (const folder of workspaces()) {
    await run('npm', ['run', '--silent', 'build', '--workspace', folder]);
  }
});

/** The command-line program; resolves to its path. */
export const buildCommandLine = once(async () => {
  requireTools(['cargo']);
  return buildProgram();
});

/** Builds the demo page unless it is newer than everything it is made of. */
export async function buildDemo() {
  const sources = [
    'Cargo.lock',
    'Cargo.toml',
    'core',
    'plugin',
    'frontend',
    'package-lock.json',
    'tests/incidents',
  ];
  if (!isStale(`${root}/${demoFolder}/index.html`, sources)) return;
  await buildFrontend();
}
