// The wasm module with its JavaScript glue and declarations, written to frontend/engine/wasm/.
//
//   node deploy/steps/build-wasm.mjs                 the module that is shipped
//   node deploy/steps/build-wasm.mjs --forced-trap   one that traps on request, for recovery tests

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { readOptions } from './options.mjs';
import { outputOf, root, run, Stop } from './process.mjs';
import { runVerb } from './progress.mjs';
import { installWasmTarget, targetFolder, wasmTarget } from './rust.mjs';
import { requireTools } from './tools.mjs';

const name = 'inference_triage';

/**
 * Beside the module: number and name of each of its functions, which a trap's message gives by
 * number. It is not shipped.
 */
export const functionsFile = 'functions.txt';

/** Where the shipped module and the one for recovery tests go. */
export const wasmFolder = path.join(root, 'frontend/engine/wasm');
export const forcedTrapFolder = path.join(root, 'tests/artefacts/engine-forced-trap/wasm');

// What rustc assumes of every browser for this target; wasm-opt has to be told, because the glue
// generator drops the list. Only vectors (simd) are more than that: loops of the benchmarks'
// own modules ask for them.
const wasmFeatures = [
  'bulk-memory',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
  'simd',
];

// What travels is the compressed module, so what compresses badly is left out: most inlining,
// sharing of subexpressions and of like functions, splitting of the data, and sorting functions by
// use. What one round leaves, a second still finds. Nothing lives in the lowest kilobyte: the
// stack, which lies below the data (plugin/build checks that it does), would have to overflow to
// get there.
const optimisations = [
  ...['-Oz', '-Oz'],
  '--low-memory-unused',
  ...['local-cse', 'memory-packing', 'merge-similar-functions', 'reorder-functions'].map(
    (pass) => `--skip-pass=${pass}`,
  ),
  '--always-inline-max-function-size=3',
  '--flexible-inline-max-function-size=2',
  '--one-caller-inline-max-function-size=20',
];

// Functions of one Rust module are alike, so by name they lie within reach of the compressor (1.2
// kB of gzip). All that only describes them goes.
const finish = ['--reorder-functions-by-name', '--strip-debug', '--strip-target-features'];

/** Builds into the folder unless that already holds the product of the same inputs. */
export async function buildWasm({ forcedTrap = false } = {}) {
  const folder = forcedTrap ? forcedTrapFolder : wasmFolder;
  const inputs = fingerprint(forcedTrap);
  const stamp = path.join(folder, '.inputs');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) {
    console.log(`wasm is up to date: ${size(folder)}`);
    return folder;
  }
  await compileWasm(
    'inference-triage-plugin',
    folder,
    forcedTrap ? ['--features', 'forced-trap'] : [],
  );
  writeFileSync(stamp, inputs);
  console.log(`wasm is built: ${size(folder)}`);
  return folder;
}

/**
 * Compiles one crate into the folder: module, glue and declarations, made as the shipped ones are.
 */
export async function compileWasm(crate, folder, features = []) {
  requireTools(['cargo', 'rustup']);
  const optimizer = findOptimizer();
  await installWasmTarget();
  await run('cargo', ['fetch', '--quiet', '--locked']);
  console.log(`compiling ${crate} for wasm …`);
  const compile = [
    'build',
    '--package',
    crate,
    '--lib',
    '--target',
    wasmTarget,
    '--profile',
    'wasm',
  ];
  await run('cargo', [...compile, ...features], {
    env: { CARGO_ENCODED_RUSTFLAGS: rustFlags().join('\x1f') },
  });

  console.log('generating the glue …');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const compiled = path.join(
    targetFolder(),
    wasmTarget,
    'wasm',
    `${crate.replaceAll('-', '_')}.wasm`,
  );
  await run('cargo', [
    'run',
    '--quiet',
    '--package',
    'inference-triage-wasm-build',
    '--',
    compiled,
    folder,
  ]);

  console.log('optimising …');
  const module = path.join(folder, `${name}.wasm`);
  await run(process.execPath, [
    optimizer,
    ...optimisations,
    ...finish,
    ...wasmFeatures.map((feature) => `--enable-${feature}`),
    `--symbolmap=${path.join(folder, functionsFile)}`,
    module,
    '--output',
    module,
  ]);
}

/** One hash of every file that decides what comes out. */
function fingerprint(forcedTrap) {
  const steps = ['deploy/steps/build-wasm.mjs', 'package-lock.json'];
  const files = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', ...steps];
  for (const folder of ['core/src', 'core/loops', 'plugin/src', 'plugin/build/src'])
    files.push(...filesIn(folder));
  files.push('core/Cargo.toml', 'plugin/Cargo.toml', 'plugin/build/Cargo.toml');
  const hash = createHash('sha256').update(String(forcedTrap));
  for (const file of files.sort())
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

function filesIn(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/**
 * Takes the paths of this machine out of panic messages: shorter, and the same module everywhere.
 */
function rustFlags() {
  const sources = path.join(
    process.env.CARGO_HOME ?? path.join(os.homedir(), '.cargo'),
    'registry/src',
  );
  const registries = existsSync(sources)
    ? readdirSync(sources).map((registry) => path.join(sources, registry))
    : [];
  const standardLibrary = path.join(
    outputOf('rustc', ['--print', 'sysroot']) ?? '',
    'lib/rustlib/src/rust',
  );
  return [root, ...registries, standardLibrary].map((folder) => `--remap-path-prefix=${folder}/=`);
}

function findOptimizer() {
  const require = createRequire(path.join(root, 'frontend/engine/package.json'));
  try {
    return path.join(path.dirname(require.resolve('binaryen/package.json')), 'bin/wasm-opt');
  } catch {
    throw new Stop(
      'wasm-opt is missing: run "npm ci" in the root folder, which installs the package binaryen',
    );
  }
}

function size(folder) {
  const bytes = readFileSync(path.join(folder, `${name}.wasm`));
  const kilobytes = (length) => `${(length / 1000).toFixed(1)} kB`;
  const gzip = gzipSync(bytes, { level: 9 }).length;
  return `${kilobytes(bytes.length)}, gzip ${kilobytes(gzip)}, brotli ${kilobytes(brotliCompressSync(bytes).length)}`;
}

if (import.meta.filename === process.argv[1]) {
  await runVerb(async (args) => {
    const usage = 'node deploy/steps/build-wasm.mjs [--forced-trap]';
    const options = readOptions(args, { 'forced-trap': { type: 'boolean' } }, usage);
    await buildWasm({ forcedTrap: options['forced-trap'] ?? false });
  });
}
