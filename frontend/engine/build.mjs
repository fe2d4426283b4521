// dist/: the compiled package, the wasm module beside it, and an entry with the module inside.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

import zopfli from '@gfx/zopfli';

const folder = import.meta.dirname;
const dist = path.join(folder, 'dist');
const module = path.join(folder, 'wasm/inference_triage.wasm');

const inlineDeclaration = `/** The wasm module itself, gzip-compressed, as \`loadEngine\` takes it: for pages that cannot serve the file. */
export declare const wasmBytes: Uint8Array<ArrayBuffer>;
`;

if (!existsSync(module)) {
  console.error(
    'frontend/engine/wasm is missing: run "node deploy/steps/build-wasm.mjs" in the root folder first',
  );
  process.exit(1);
}
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [compiler(), '--project', folder], { stdio: 'inherit' });
copyFileSync(module, path.join(dist, 'inference_triage.wasm'));
writeFileSync(path.join(dist, 'inline.js'), await inlineEntry(readFileSync(module)));
writeFileSync(path.join(dist, 'inline.d.ts'), inlineDeclaration);

function compiler() {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  return path.join(path.dirname(manifest), 'bin/tsc');
}

// Compressed, because base64 of the plain module would cost a third more in every bundle that is
// served compressed; by zopfli, which takes two seconds for 4 % that gzip leaves.
async function inlineEntry(bytes) {
  const packed = await promisify(zopfli.gzip)(bytes, { numiterations: 15 });
  return `function decode(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

export const wasmBytes = /* @__PURE__ */ decode('${Buffer.from(packed).toString('base64')}');
`;
}
