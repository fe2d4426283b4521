// npm packages of the workspaces.

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

import { root, run } from './process.mjs';

/** Installs exactly what package-lock.json names, unless that is already there. */
export async function installPackages() {
  const lock = path.join(root, 'package-lock.json');
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('installing npm packages …');
  await run('npm', ['ci', '--no-fund', '--no-audit']);
}

/** Workspaces that exist, in the order data flows. */
export function workspaces() {
  return ['frontend/engine', 'frontend/view', 'frontend/panel', 'frontend/portal'].filter(
    (folder) => existsSync(path.join(root, folder, 'package.json')),
  );
}
