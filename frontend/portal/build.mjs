// Builds the package into dist/ and the demo page into dist/demo/: `node build.mjs`.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  cpSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { emitDeclarations } from './build/declarations.mjs';
import { manifestText } from './build/manifest.mjs';
import { makeSmaller } from './build/smaller.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, 'dist');
const demo = path.join(dist, 'demo');
const recordings = path.join(here, '../../tests/incidents/recordings');
const wasm = fileURLToPath(import.meta.resolve('@inference-triage/engine/inference_triage.wasm'));

const shared = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  splitting: true,
  minify: true,
  sourcemap: true,
  legalComments: 'linked',
  chunkNames: '[name]-[hash]',
  absWorkingDir: here,
  logLevel: 'warning',
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(path.join(demo, 'incidents'), { recursive: true });
await buildPackage();
await buildDemo();
writeFileSync(path.join(dist, 'custom-elements.json'), await manifestText(dist));
printSizes();

async function buildPackage() {
  const entryPoints = ['src/index.ts', 'src/define.ts'];
  await build({ ...shared, entryPoints, outdir: dist });
  // The bytes would end up in a chunk the other entries share, so this entry has a graph of its
  // own.
  await build({ ...shared, entryPoints: ['src/inline.ts'], outdir: dist, splitting: false });
  await makeSmaller(dist);
  cpSync(wasm, path.join(dist, 'inference_triage.wasm'));
  emitDeclarations(here);
}

async function buildDemo() {
  await build({ ...shared, entryPoints: { demo: 'demo/main.ts' }, outdir: demo });
  await makeSmaller(demo);
  for (const file of ['index.html', 'demo.css', 'icon.svg'])
    cpSync(path.join(here, 'demo', file), path.join(demo, file));
  cpSync(wasm, path.join(demo, 'inference_triage.wasm'));
  for (const { id } of JSON.parse(readFileSync(path.join(here, 'demo/incidents.json'), 'utf8'))) {
    const file = path.join(recordings, `${id}.json.gz`);
    if (!existsSync(file))
      throw new Error(`there is no recording of the incident "${id}"; expected ${file}`);
    cpSync(file, path.join(demo, 'incidents', `${id}.json.gz`));
  }
}

/** What a page loads for the element, without the wasm module. */
function printSizes() {
  const scripts = readdirSync(dist).filter((file) => file.endsWith('.js') && file !== 'inline.js');
  const loaded = scripts.filter((file) => file !== 'index.js');
  const bytes = loaded.map((file) => readFileSync(path.join(dist, file)));
  const raw = bytes.reduce((sum, part) => sum + part.length, 0);
  const packed = bytes.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
  console.log(
    `portal: ${kilobytes(raw)} of JavaScript, ${kilobytes(packed)} with gzip, without the wasm module`,
  );
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
