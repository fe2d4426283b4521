// Type declarations of the package and of the packages bundled into it, so that it needs neither at
// a consumer's.

import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const bundled = ['engine', 'view', 'panel'];

/** Writes `dist/types/{portal,engine,view,panel}`. */
export function emitDeclarations(folder) {
  const types = path.join(folder, 'dist/types');
  const compiler = fileURLToPath(new URL('../bin/tsc', import.meta.resolve('typescript')));
  const options = [
    '--noEmit',
    'false',
    '--emitDeclarationOnly',
    '--declaration',
    '--sourceMap',
    'false',
  ];
  const project = [
    '-p',
    path.join(folder, 'tsconfig.package.json'),
    '--outDir',
    path.join(types, 'portal'),
  ];
  execFileSync(process.execPath, [compiler, ...project, ...options], { stdio: 'inherit' });
  for (const name of bundled) copyDeclarations(builtFolder(name), path.join(types, name));
  // The engine's declarations refer to those of the generated glue, which lie beside its dist
  // folder.
  copyDeclarations(path.join(builtFolder('engine'), '../wasm'), path.join(types, 'wasm'));
  dropDispose(path.join(types, 'wasm'));
  for (const name of ['portal', ...bundled]) pointAtNeighbours(path.join(types, name), types);
}

function builtFolder(name) {
  return path.dirname(fileURLToPath(import.meta.resolve(`@inference-triage/${name}`)));
}

function copyDeclarations(from, to) {
  const isDeclaration = (file) => file.endsWith('.d.ts') || statSync(file).isDirectory();
  cpSync(from, to, { recursive: true, filter: isDeclaration });
}

/** A consumer's compiler may know no `Symbol.dispose`; nothing of ours calls it. */
function dropDispose(folder) {
  for (const file of readdirSync(folder)) {
    const full = path.join(folder, file);
    writeFileSync(full, readFileSync(full, 'utf8').replaceAll(/^.*\[Symbol\.dispose\].*\n/gm, ''));
  }
}

/** Turns `@inference-triage/engine` into a relative path. */
function pointAtNeighbours(folder, types) {
  for (const file of readdirSync(folder, { recursive: true }).filter((name) =>
    name.endsWith('.d.ts'),
  )) {
    const full = path.join(folder, file);
    const text = readFileSync(full, 'utf8').replaceAll(
      /(['"])@inference-triage\/(engine|view|panel)\1/g,
      (_, quote, name) => {
        const relative = path.relative(path.dirname(full), path.join(types, name, 'index.js'));
        return `${quote}${relative.split(path.sep).join('/')}${quote}`;
      },
    );
    writeFileSync(full, text);
  }
}
