// What the tests of the Perses panel need: the built plugin, and pages built from two releases of
// Perses's own packages.
//
//   node deploy/steps/perses-columns.mjs             everything
//   node deploy/steps/perses-columns.mjs --plugin    the plugin alone

import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { isStale } from './files.mjs';
import { installHost, unpackPackages } from './host-packages.mjs';
import { readOptions } from './options.mjs';
import { root, run } from './process.mjs';
import { runVerb } from './progress.mjs';

const plugin = 'frontend/perses';
const pages = 'tests/e2e/perses/page';

/** Releases of Perses whose packages the panel is tested with. */
export const releases = ['0.52', '0.54'];

/** The folder of a release's pages. */
export function hostFolder(release) {
  return path.join(root, 'tests/e2e/perses', `host-${release}`);
}

/** The unpacked plugin, as npm and a Perses server have it. */
export const pluginFolder = path.join(root, plugin, 'dist/plugin');

/** The archive for a Perses server. */
export function pluginArchive() {
  const { version } = JSON.parse(readFileSync(path.join(root, plugin, 'package.json'), 'utf8'));
  return path.join(root, plugin, 'dist', `InferenceTriage-${version}.tar.gz`);
}

/**
 * Builds the plugin unless it is newer than everything it is made of; engine, view and panel have
 * to be built before.
 */
export async function buildPersesPlugin() {
  await installHost(plugin);
  const built = ['engine', 'view', 'panel'].map((name) => `frontend/${name}/dist`);
  if (
    !isStale(pluginArchive(), [
      plugin,
      ...built.map((folder) => `${folder}/index.js`),
      'frontend/engine/dist/inference_triage.wasm',
    ])
  )
    return;
  unpackPackages(plugin);
  await run('npm', ['run', '--silent', 'build', '--prefix', plugin]);
}

/** The plugin and the pages of every release, one after the other. */
export async function buildPersesColumns() {
  await buildPersesPlugin();
  for (const release of releases) await buildPages(release);
}

async function buildPages(release) {
  const folder = path.relative(root, hostFolder(release));
  await installHost(folder);
  const sources = [pages, folder, path.relative(root, pluginArchive())];
  if (!isStale(`${folder}/dist/in-process.html`, sources)) return;
  console.log(`building the pages of Perses ${release} …`);
  takePackage(folder);
  await run('npx', ['--no-install', 'tsc', '--project', '.'], { cwd: path.join(root, folder) });
  await run(
    'npx',
    ['--no-install', 'vite', 'build', '--config', 'vite.config.mjs', '--logLevel', 'error'],
    {
      cwd: path.join(root, folder),
    },
  );
}

/** The plugin where the bundler of the pages looks for packages. */
function takePackage(folder) {
  const target = path.join(root, folder, 'node_modules/@inference-triage/perses');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(pluginFolder, target, { recursive: true });
}

if (import.meta.filename === process.argv[1]) {
  await runVerb(async (args) => {
    const options = readOptions(
      args,
      { plugin: { type: 'boolean' } },
      'node deploy/steps/perses-columns.mjs [--plugin]',
    );
    await (options.plugin ? buildPersesPlugin() : buildPersesColumns());
  });
}
