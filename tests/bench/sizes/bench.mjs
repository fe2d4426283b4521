// What the compiled parts weigh, compressed as servers compress them.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { root } from '../../../deploy/steps/process.mjs';
import { siteFolder } from '../site.mjs';

export const title = 'Sizes';

export const remarks = [
  'Sizes: the scanner and mathematics modules are crates of the benchmark that use the core’s functions and nothing else, ' +
    'compiled as the shipped module is. They include wasm-bindgen’s support and the error sentences of what they use.',
];

export async function measure() {
  const own = (name) => path.join(siteFolder(), 'modules', name, 'inference_triage.wasm');
  const files = [
    { id: 'scanner', what: 'the scanner alone', file: own('scanner') },
    { id: 'parts', what: 'scanner + point, bounds, fraction and merging', file: own('parts') },
    {
      id: 'shipped',
      what: 'the shipped module: everything',
      file: path.join(root, 'frontend/engine/dist/inference_triage.wasm'),
    },
  ];
  const sizes = files.map(({ id, what, file }) => {
    const bytes = readFileSync(file);
    const kilobytes = (length) => `${(length / 1000).toFixed(1)} kB`;
    const gzip = gzipSync(bytes, { level: 9 }).length;
    return {
      ...{ id: `size.${id}`, what: `wasm, ${what}`, value: gzip / 1000, unit: 'kB gzip' },
      detail: `raw ${kilobytes(bytes.length)}, brotli ${kilobytes(brotliCompressSync(bytes).length)}`,
    };
  });
  return { sizes };
}
