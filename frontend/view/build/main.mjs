// Builds dist/: ES modules without the two libraries, source maps, declarations.

import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { cssText } from './css-text.mjs';
import { templateText } from './template-text.mjs';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(folder, 'dist');

await rm(dist, { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: ['src/index.ts'],
  outdir: dist,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  // The drawing code stays a module of its own: it is imported when a view is mounted.
  splitting: true,
  chunkNames: '[name]-[hash]',
  external: ['lit-html', 'lit-html/*', 'uplot'],
  plugins: [cssText, templateText],
  sourcemap: true,
  logLevel: 'warning',
});
const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
const { status } = spawnSync(
  process.execPath,
  [compiler, '-p', path.join(folder, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
