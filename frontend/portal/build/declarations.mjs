// Type declarations of the package and of the two packages bundled into it, so that it needs neither at a consumer's.

import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const bundled = ['engine', 'view'];

/** Writes `dist/types/{portal,engine,view}`. */
export function emitDeclarations(folder) {
  const types = path.join(folder, 'dist/types');
  const compiler = fileURLToPath(new URL('../bin/tsc', import.meta.resolve('typescript')));
  const options = ['--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--sourceMap', 'false'];
  const project = ['-p', path.join(folder, 'tsconfig.package.json'), '--outDir', path.join(types, 'portal')];
  execFileSync(process.execPath, [compiler, ...project, ...options], { stdio: 'inherit' });
  for (const name of bundled) {
    const from = path.dirname(fileURLToPath(import.meta.resolve(`@inference-triage/${name}`)));
    const isDeclaration = (file) => file.endsWith('.d.ts') || path.extname(file) === '';
    cpSync(from, path.join(types, name), { recursive: true, filter: isDeclaration });
  }
  for (const name of ['portal', ...bundled]) pointAtNeighbours(path.join(types, name), types);
}

/** Turns `@inference-triage/engine` into a relative path. */
function pointAtNeighbours(folder, types) {
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
    const full = path.join(folder, file);
    const text = readFileSync(full, 'utf8').replaceAll(
      /(['"])@inference-triage\/(engine|view)\1/g,
      (_, quote, name) => {
        const relative = path.relative(path.dirname(full), path.join(types, name, 'index.js'));
        return `${quote}${relative.split(path.sep).join('/')}${quote}`;
      },
    );
    writeFileSync(full, text);
  }
}
