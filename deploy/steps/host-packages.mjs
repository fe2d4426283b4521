// Our packages as a host project gets them: packed as for publishing, and unpacked where its
// bundler looks for them.
//
// A host's lock file does not name them: it would hold a checksum of our own build output and
// change with every build.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { root, run } from './process.mjs';

/** What a host is built on, in the order data flows. */
const hostPackages = ['engine', 'view', 'panel'];

/** Installs exactly what the project's lock file names, unless that is already there. */
export async function installHost(folder) {
  const lock = path.join(root, folder, 'package-lock.json');
  const installed = path.join(root, folder, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log(`installing the npm packages of ${folder} …`);
  await run('npm', ['ci', '--no-fund', '--no-audit', '--prefix', folder]);
}

/**
 * Puts the built engine, view and panel into the project's node_modules; `names` are folders of
 * frontend/.
 */
export function unpackPackages(folder, names = hostPackages) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-'));
  try {
    for (const name of names) unpack(name, path.join(root, folder, 'node_modules'), scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function unpack(name, modules, scratch) {
  const source = path.join(root, 'frontend', name);
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', scratch];
  const archive = execFileSync('npm', pack, { cwd: source, encoding: 'utf8' })
    .trim()
    .split('\n')
    .at(-1);
  const { name: packageName } = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8'));
  const target = path.join(modules, packageName);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', path.join(scratch, archive), '-C', target, '--strip-components=1']);
  // npm dates every packed file to 1985; caches of bundlers go by the time.
  const now = new Date();
  utimesSync(path.join(target, 'package.json'), now, now);
}
