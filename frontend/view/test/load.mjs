// Source files of this package as modules for Node.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { cssText } from '../build/css-text.mjs';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Imports a TypeScript file given relative to this package's folder. */
export async function load(file) {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: [file],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [cssText],
    logLevel: 'warning',
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
}
