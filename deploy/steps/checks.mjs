// What `npm run lint`, `npm run fmt` and the stages of `npm test` do.

import path from 'node:path';

import { filesBelow } from './files.mjs';
import { generateCatalogues } from './generate-catalogues.mjs';
import { generateCausePages } from './generate-cause-pages.mjs';
import { generateCauses } from './generate-causes.mjs';
import { generateDashboards } from './grafana-dashboards.mjs';
import { generateSettings } from './generate-settings.mjs';
import { generateTypes } from './generate-types.mjs';
import { generatePersesDashboards } from './perses-dashboards.mjs';
import { workspaces } from './packages.mjs';
import { root, run, Stop } from './process.mjs';
import { installWasmTestRunner, wasmTarget } from './rust.mjs';
import { requireTools } from './tools.mjs';

const plugin = 'inference-triage-plugin';

/** Formatting and lints of Rust, natively and for wasm. */
export async function lintRust() {
  await run('cargo', ['fmt', '--all', '--check']);
  await run('cargo', ['clippy', '--workspace', '--all-targets', '--', '-D', 'warnings']);
  const crates = ['--package', 'inference-triage-core', '--package', plugin];
  await run('cargo', ['clippy', '--target', wasmTarget, ...crates, '--', '-D', 'warnings']);
}

/** Lints and formatting of TypeScript, JavaScript and JSON, and the length of all lines of code. */
export async function lintScripts() {
  // Named, because a host's own configuration would be taken for its folder, and needs that
  // project's packages.
  await run('npx', [
    '--no-install',
    'eslint',
    '.',
    '--config',
    'eslint.config.js',
    '--max-warnings',
    '0',
  ]);
  await run('npx', ['--no-install', 'prettier', '--check', '--log-level', 'warn', '.']);
  await run('node', ['--test', 'deploy/steps/line-length.test.mjs']);
}

/**
 * The compiler's view of every package; needs their builds, because each reads its predecessor's
 * declarations.
 */
export async function checkTypes() {
  for (const folder of workspaces()) {
    await run('npm', ['run', '--silent', '--if-present', 'typecheck', '--workspace', folder]);
  }
}

/** Rewrites every file in its language's format. */
export async function format() {
  await run('cargo', ['fmt', '--all']);
  await run('npx', ['--no-install', 'prettier', '--write', '--log-level', 'warn', '.']);
}

/**
 * The plugin's tests, compiled to wasm, in Node and in Chromium; then the packaged module beside
 * the native program.
 */
export async function testWasm(programs) {
  const runner = await installWasmTestRunner();
  const { chromedriver } = requireTools(['chromium', 'chromedriver']);
  const env = { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: runner, CHROMEDRIVER: chromedriver };
  await run('cargo', ['test', '--package', 'inference-triage-wasm-build']);
  const test = ['test', '--target', wasmTarget, '--package', plugin];
  await run('cargo', test, { env });
  await run('cargo', test, { env: { ...env, WASM_BINDGEN_USE_BROWSER: '1' } });
  await testNode('tests/wasm', programs);
}

/** The tests of every package that has some. */
export async function testPackages() {
  for (const folder of workspaces()) {
    await run('npm', ['test', '--silent', '--if-present', '--workspace', folder], {
      env: browserPaths(),
    });
  }
}

/**
 * Every `*.test.mjs` below a folder, one file at a time: they start servers and browsers on a small
 * machine.
 */
export async function testNode(folder, env = {}) {
  const files = filesBelow(folder, (file) => file.endsWith('.test.mjs')).map((file) =>
    path.relative(root, file),
  );
  if (files.length === 0) throw new Stop(`there is no test in ${folder}`);
  await run('node', ['--test', '--test-concurrency=1', ...files], {
    env: { ...browserPaths(), ...env },
  });
}

function browserPaths() {
  const { chromium, chromedriver } = requireTools(['chromium', 'chromedriver']);
  return { CHROMIUM: chromium, CHROMEDRIVER: chromedriver };
}

/**
 * Writes every generated file anew; with `check`, stops instead when one of them is out of date.
 */
export async function generate({ check = false } = {}) {
  generateCauses({ check });
  await generateTypes({ check });
  await generateSettings({ check });
  generateCatalogues({ check });
  generateCausePages({ check });
  await generateDashboards({ check });
  await generatePersesDashboards({ check });
}

/** The accuracy benchmark; `args` as its program takes them. */
export function runAccuracy(args) {
  return run('cargo', [
    'run',
    '--release',
    '--quiet',
    '--package',
    'inference-triage-accuracy',
    '--',
    ...args,
  ]);
}

/**
 * The mutations; `args` as their program takes them. Not a release build: a panic must be a case
 * that failed, and overflow a panic. The crates that matter are optimised in both.
 */
export function runMutations(args) {
  return run('cargo', ['run', '--quiet', '--package', 'inference-triage-mutations', '--', ...args]);
}

/** Recordings of real engines beside simulated twins; `args` as their program takes them. */
export function runTwins(args) {
  return run('cargo', ['run', '--quiet', '--package', 'inference-triage-twins', '--', ...args]);
}
