// What is shipped: an archive that a Perses server accepts, and a package for applications. Nothing
// missing, nothing of this machine.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { hostFolder, pluginArchive, pluginFolder } from '../../../deploy/steps/perses-columns.mjs';
import { root } from '../../../deploy/steps/process.mjs';

const kind = 'InferenceTriage';
let scratch, unpacked, installed;

before(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-package-'));
  unpacked = unpack(pluginArchive(), 'archive');
  const pack = ['pack', '--silent', '--pack-destination', scratch];
  const name = execFileSync('npm', pack, { cwd: pluginFolder, encoding: 'utf8' })
    .trim()
    .split('\n')
    .at(-1);
  installed = unpack(path.join(scratch, name), 'consumer/node_modules/@inference-triage/perses', [
    '--strip-components=1',
  ]);
});
after(() => rmSync(scratch, { recursive: true, force: true }));

function unpack(archive, folder, more = []) {
  const target = path.join(scratch, folder);
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', target, ...more]);
  return target;
}

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
const json = (folder, name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));

test('the archive has what a server reads, at its root', () => {
  const files = filesOf(unpacked);
  assert.deepEqual(files, filesOf(pluginFolder));
  for (const file of [
    'package.json',
    'mf-manifest.json',
    'mf-stats.json',
    'cue.mod/module.cue',
    'README.md',
    'LICENSE',
  ]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  const modules = files.filter((file) => file.endsWith('.wasm'));
  assert.deepEqual(modules.map((file) => path.dirname(file)).sort(), ['__mf/wasm', 'lib']);
  const [remote, library] = modules.map((file) => readFileSync(path.join(unpacked, file)));
  assert.ok(remote.equals(library));
  assert.ok(
    remote.equals(readFileSync(path.join(root, 'frontend/engine/dist/inference_triage.wasm'))),
    'an old module',
  );
});

test('name, version and plugin are the same wherever they are written', () => {
  const [manifest, packed] = [json(unpacked, 'mf-manifest.json'), json(unpacked, 'package.json')];
  assert.equal(manifest.name, kind);
  assert.match(packed.version, /^\d+\.\d+\.\d+(-[\w.]+)?$/);
  assert.equal(manifest.metaData.buildInfo.buildVersion, packed.version);
  assert.equal(path.basename(pluginArchive()), `${kind}-${packed.version}.tar.gz`);
  assert.deepEqual(
    manifest.exposes.map(({ name, path: exposed }) => [name, exposed]),
    [[kind, `./${kind}`]],
  );
  assert.deepEqual(
    packed.perses.plugins.map(({ kind: type, spec }) => [type, spec.name]),
    [['Panel', kind]],
  );
  assert.equal(packed.devDependencies, undefined);
});

test('every file that the manifest names is there', () => {
  const { metaData, exposes } = json(unpacked, 'mf-manifest.json');
  const { js, css } = exposes[0].assets;
  const named = [metaData.remoteEntry.name, ...js.sync, ...js.async, ...css.sync, ...css.async];
  for (const file of named) assert.ok(existsSync(path.join(unpacked, file)), `${file} is missing`);
});

test('the schema says the same kind, in the package that the server looks for', () => {
  const schema = readFileSync(path.join(unpacked, 'schemas/inference-triage.cue'), 'utf8');
  assert.match(schema, /^package model$/m);
  assert.match(schema, new RegExp(`^kind: "${kind}"$`, 'm'));
  assert.match(
    readFileSync(path.join(unpacked, 'schemas/migrate/migrate.cue'), 'utf8'),
    /^package migrate$/m,
  );
  assert.doesNotMatch(readFileSync(path.join(unpacked, 'cue.mod/module.cue'), 'utf8'), /deps/);
});

test('the remote shares React alone and asks its host for nothing else', () => {
  const { shared } = json(unpacked, 'mf-manifest.json');
  assert.deepEqual(
    shared.map(({ name }) => name).filter((name) => name !== 'react' && name !== 'react-dom'),
    [],
  );
  const scripts = filesOf(path.join(unpacked, '__mf/js')).filter((file) => file.endsWith('.js'));
  assert.ok(scripts.length > 0);
  for (const file of scripts) {
    assert.doesNotMatch(
      readFileSync(path.join(unpacked, '__mf/js', file), 'utf8'),
      /@perses-dev|@mui|@emotion/,
      file,
    );
  }
});

test('nothing of the machine it was built on', () => {
  for (const file of filesOf(unpacked)) {
    assert.ok(
      !readFileSync(path.join(unpacked, file)).includes(root),
      `${file} holds the path of the sources`,
    );
  }
});

test('the npm package has the same files, and Node can import it with nothing but React beside it', async () => {
  assert.deepEqual(filesOf(installed), filesOf(pluginFolder));
  const modules = path.join(scratch, 'consumer/node_modules');
  symlinkSync(path.join(hostFolder('0.52'), 'node_modules/react'), path.join(modules, 'react'));
  const { exports: entries, version } = json(installed, 'package.json');
  for (const entry of Object.values(entries).flatMap((value) =>
    typeof value === 'string' ? [value] : Object.values(value),
  )) {
    assert.ok(existsSync(path.join(installed, entry)), `${entry} is missing`);
  }
  const imported = await import(pathToFileURL(path.join(installed, entries['.'].default)));
  const { metadata, spec } = imported.getPluginModule();
  assert.deepEqual(metadata, { name: kind, version });
  assert.deepEqual(spec.plugins, json(installed, 'package.json').perses.plugins);
  assert.deepEqual(imported[kind].createInitialOptions(), {});
  assert.deepEqual(imported[kind].supportedQueryTypes, ['TimeSeriesQuery']);
});
