// Questions about files: which there are, and whether something made of them is out of date.

import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { root } from './process.mjs';

/** Folders that are made, not written. */
const made = new Set(['node_modules', 'target', 'dist', 'wasm', '.git']);

/** Files below a folder, sorted, without what a build makes; none when the folder is absent. */
export function filesBelow(folder, accept = () => true) {
  const base = path.resolve(root, folder);
  if (!existsSync(base)) return [];
  if (statSync(base).isFile()) return [base];
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => !(entry.isDirectory() && made.has(entry.name)))
    .flatMap((entry) => {
      const full = path.join(base, entry.name);
      if (entry.isDirectory()) return filesBelow(full, accept);
      return accept(full) ? [full] : [];
    })
    .sort();
}

/** Whether `product` is absent or older than any file below the `sources`. */
export function isStale(product, sources) {
  const built = statSync(path.resolve(root, product), { throwIfNoEntry: false });
  if (!built) return true;
  return sources
    .flatMap((source) => filesBelow(source))
    .some((file) => statSync(file).mtimeMs > built.mtimeMs);
}
