// The columns of the panel's tests: Grafana's front-end packages in two versions, each installed
// and built on its own.
//
//   node deploy/steps/grafana-columns.mjs    the panel, then both columns; the workspaces must be
//   built

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { filesBelow } from './files.mjs';
import { installHost, unpackPackages } from './host-packages.mjs';
import { root, run } from './process.mjs';
import { runVerb } from './progress.mjs';

const folder = path.join(root, 'tests/e2e/grafana');
const harness = path.join(folder, 'harness');

/** The columns: Grafana with the React it ships, by the name of the npm project that holds them. */
export const columns = ['grafana-12', 'grafana-13'];

/** The panel under test and the folder of its production build. */
export const pluginId = 'inferencetriage-phases-panel';
const panelProject = 'frontend/grafana';
export const pluginFolder = path.join(root, panelProject, 'dist');

/** Folder of a column's npm project. */
export const columnFolder = (column) => path.join(folder, column);

/** Where a column's page is built. */
export const pageFolder = (column) => path.join(columnFolder(column), 'dist');

/**
 * Installs the panel's own project and builds the module that Grafana loads, unless it is newer
 * than what it is made of.
 */
export async function preparePanel() {
  const sources = ['engine', 'view', 'panel']
    .map((name) => `frontend/${name}/dist`)
    .map((folder) => path.join(root, folder));
  await installHost(panelProject);
  const inputs = fingerprint([
    ...filesBelow(panelProject).filter(
      (file) => !file.includes('/dashboards/') && !file.includes('/provisioning/'),
    ),
    ...sources.flatMap((folder) => filesBelow(folder)),
  ]);
  const stamp = path.join(root, panelProject, 'node_modules/.panel-inputs');
  if (
    existsSync(path.join(pluginFolder, 'module.js')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === inputs
  )
    return;
  console.log('building the Grafana panel …');
  unpackPackages(panelProject);
  await run('npm', ['run', '--silent', 'build'], { cwd: path.join(root, panelProject) });
  writeFileSync(stamp, inputs);
}

/**
 * Installs and builds the columns, one after the other: together they hold more than a gigabyte.
 */
export async function prepareColumns(names = columns) {
  for (const column of names) {
    await installColumn(column);
    await buildPage(column);
  }
}

/** Installs exactly what the column's lock file names, unless that is already there. */
async function installColumn(column) {
  const cwd = columnFolder(column);
  const lock = readFileSync(path.join(cwd, 'package-lock.json'), 'utf8');
  const stamp = path.join(cwd, 'node_modules/.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log(`installing the packages of ${column} …`);
  await run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd });
  writeFileSync(stamp, lock);
}

/**
 * Bundles the shared source of the page with the column's packages, unless nothing of them has
 * changed.
 */
async function buildPage(column) {
  const project = columnFolder(column);
  const out = pageFolder(column);
  const inputs = fingerprint([
    ...filesBelow(harness),
    path.join(project, 'package-lock.json'),
    import.meta.filename,
  ]);
  const stamp = path.join(out, '.inputs');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  console.log(`building the page of ${column} …`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const require = createRequire(path.join(project, 'package.json'));
  const { build } = await import(pathToFileURL(require.resolve('esbuild')));
  await build({
    entryPoints: [path.join(harness, 'main.mjs')],
    absWorkingDir: project,
    outdir: out,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    define: {
      'process.env.NODE_ENV': '"production"',
      global: 'globalThis',
      'globalThis.grafanaVersion': JSON.stringify(versionOf(project)),
    },
    loader: { '.ttf': 'file', '.svg': 'file' },
    logLevel: 'error',
    logOverride: { 'direct-eval': 'silent' },
    plugins: [packagesOf(project)],
  });
  writeFileSync(stamp, inputs);
}

/** One hash of everything a page is made of. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(`\0${path.relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

const versionOf = (project) =>
  JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')).dependencies[
    '@grafana/data'
  ];

/** The page's own files lie beside the projects, and every package they name is the column's. */
function packagesOf(project) {
  const resolve = (build, name, kind) =>
    build.resolve(name, { resolveDir: project, kind, pluginData: { resolved: true } });
  return {
    name: 'packages-of-the-column',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path: name, importer, kind, pluginData }) => {
        if (pluginData?.resolved) return undefined;
        if (importer.startsWith(harness + path.sep)) return resolve(build, name, kind);
        // A package in the old module form would bring a second copy of what holds Grafana's state.
        if (name.startsWith('@grafana/') && kind === 'require-call')
          return resolve(build, name, 'import-statement');
        // Scenes asks for version 6 under the name that Grafana keeps for version 5.
        if (name === 'react-router-dom' && importer.includes('/@grafana/scenes/')) {
          return resolve(build, 'react-router-dom-v5-compat', kind);
        }
        return undefined;
      });
    },
  };
}

if (import.meta.filename === process.argv[1]) {
  await runVerb(async () => {
    await preparePanel();
    await prepareColumns();
  });
}
