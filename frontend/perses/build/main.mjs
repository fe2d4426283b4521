// dist/plugin/: what a Perses server and npm serve; dist/*.tar.gz: the archive for a Perses server.
// `node build/main.mjs`.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRsbuild, loadConfig } from '@rsbuild/core';
import { packFolder } from './archive.mjs';
import { buildLibrary } from './library.mjs';

const here = path.resolve(import.meta.dirname, '..');
const dist = path.join(here, 'dist');
const plugin = path.join(dist, 'plugin');

/** What the server reads beside the scripts, and what every archive should carry. */
const companions = ['schemas', 'cue.mod', 'dashboards', 'README.md', '../../LICENSE'];

process.chdir(here);
checkTypes();
rmSync(plugin, { recursive: true, force: true });
await buildRemote();
forgetFolders();
await buildLibrary(here, path.join(plugin, 'lib'));
for (const file of companions)
  cpSync(path.join(here, file), path.join(plugin, path.basename(file)), { recursive: true });
writeFileSync(
  path.join(plugin, 'package.json'),
  `${JSON.stringify(publishedManifest(), null, 2)}\n`,
);
const { name, version } = moduleOf(plugin);
const archive = path.join(dist, `${name}-${version}.tar.gz`);
keepOrReplace(archive, packFolder(plugin));
console.log(
  `perses: ${path.relative(here, archive)}, ${(readFileSync(archive).length / 1000).toFixed(0)} kB`,
);

function checkTypes() {
  const compiler = path.join(
    path.dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))),
    'bin/tsc',
  );
  execFileSync(process.execPath, [compiler, '--noEmit'], { stdio: 'inherit' });
}

async function buildRemote() {
  const { content } = await loadConfig({ cwd: here });
  const rsbuild = await createRsbuild({
    cwd: here,
    rsbuildConfig: { ...content, mode: 'production' },
  });
  const { close } = await rsbuild.build();
  await close();
}

/**
 * The federation plugin writes an entry of its own with the path of its runtime, which ends up in
 * source maps.
 */
function forgetFolders() {
  const repository = `${path.resolve(here, '../..')}/`;
  const maps = readdirSync(plugin, { recursive: true }).filter((file) => file.endsWith('.map'));
  for (const file of maps.map((name) => path.join(plugin, name))) {
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(repository, ''));
  }
}

/** The package's manifest without what only its development needs. */
function publishedManifest() {
  const manifest = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
  delete manifest.scripts;
  delete manifest.devDependencies;
  return manifest;
}

/** The same archive keeps its date, so that what is made of it need not be made again. */
function keepOrReplace(archive, bytes) {
  const older = readdirSync(dist).filter(
    (file) => file.endsWith('.tar.gz') && file !== path.basename(archive),
  );
  for (const file of older) rmSync(path.join(dist, file));
  if (existsSync(archive) && readFileSync(archive).equals(bytes)) return;
  writeFileSync(archive, bytes);
}

/** Name and version as a server reads them. */
function moduleOf(folder) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'mf-manifest.json'), 'utf8'));
  return { name: manifest.name, version: manifest.metaData.buildInfo.buildVersion };
}
