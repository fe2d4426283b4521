// lib/: the panel as one ES module with its wasm file and declarations, for applications that
// bundle it themselves.

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const engine = path.dirname(fileURLToPath(import.meta.resolve('@inference-triage/engine')));

/**
 * Writes the package's library form. Only React stays outside: it has to be the application's own.
 */
export async function buildLibrary(folder, lib) {
  await build({
    absWorkingDir: folder,
    entryPoints: ['src/index.ts'],
    outdir: lib,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    legalComments: 'linked',
    external: ['react', 'react-dom', 'react/jsx-runtime'],
    logLevel: 'warning',
  });
  cpSync(path.join(engine, 'inference_triage.wasm'), path.join(lib, 'inference_triage.wasm'));
  writeDeclarations(folder, path.join(lib, 'types'));
}

/**
 * Declarations of what the entry exports and of the engine's types they name, so that a consumer
 * needs no other package.
 */
function writeDeclarations(folder, types) {
  const all = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-types-'));
  try {
    const compiler = path.join(
      path.dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))),
      'bin/tsc',
    );
    const options = [
      '--noEmit',
      'false',
      '--emitDeclarationOnly',
      '--declaration',
      '--sourceMap',
      'false',
    ];
    execFileSync(
      process.execPath,
      [compiler, ...options, '--rootDir', 'src', '--outDir', all, '-p', tsconfig(folder, all)],
      {
        cwd: folder,
        stdio: 'inherit',
      },
    );
    copyReachable(path.join(all, 'index.d.ts'), all, types);
    copyReachable(path.join(engine, 'index.d.ts'), engine, path.join(types, 'engine'));
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

/** The package's own configuration, for its sources only. */
function tsconfig(folder, target) {
  const file = path.join(target, 'tsconfig.json');
  const sources = path.join(folder, 'src/index.ts');
  const typeRoots = [path.join(folder, 'node_modules/@types')];
  const configuration = {
    extends: path.join(folder, 'tsconfig.json'),
    compilerOptions: { typeRoots, resolveJsonModule: true, rootDir: folder },
    include: [],
    files: [sources],
  };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}

/** Copies a declaration and those it imports, and points the engine's name at its copy. */
function copyReachable(entry, from, to) {
  const pending = [entry];
  const done = new Set();
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (done.has(file)) continue;
    done.add(file);
    // A consumer's compiler may know no `Symbol.dispose`; nothing of ours calls it.
    const text = readFileSync(file, 'utf8').replaceAll(/^.*\[Symbol\.dispose\].*\n/gm, '');
    for (const [, relative] of text.matchAll(/from '(\.[^']+)\.js'/g)) {
      const next = path.resolve(path.dirname(file), `${relative}.d.ts`);
      if (existsSync(next)) pending.push(next);
    }
    const target = path.join(to, path.relative(from, file));
    mkdirSync(path.dirname(target), { recursive: true });
    const engineEntry = path.relative(path.dirname(target), path.join(to, 'engine/index.js'));
    writeFileSync(
      target,
      text.replaceAll('@inference-triage/engine', `./${engineEntry.split(path.sep).join('/')}`),
    );
  }
}
