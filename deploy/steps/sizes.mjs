// What a browser has to load, compared with the budgets in deploy/size-budgets.json.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { causeSizes } from './cause-sizes.mjs';
import { root, Stop } from './process.mjs';

/**
 * `import … from './x.js'`, `export … from './x.js'`, `import './x.js'` and `import('./x.js')` in
 * built JavaScript.
 */
const importedFile = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+\.m?js)["']/g;

/** The entry and every file of ours that it imports, at once or later. */
function closure(entry) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    if (!/\.m?js$/.test(file)) return;
    for (const [, relative] of readFileSync(file, 'utf8').matchAll(importedFile)) {
      const imported = path.resolve(path.dirname(file), relative);
      if (existsSync(imported)) visit(imported);
    }
  };
  visit(entry);
  return [...found];
}

/**
 * The files an entry stands for: itself, or those of its folder that fit a name with one `*`, as
 * hashed names need it.
 */
function filesFor(entry) {
  const { dir, base } = path.parse(entry);
  const [start, end] = base.split('*');
  if (end === undefined) return existsSync(path.join(root, entry)) ? [entry] : [];
  const names = existsSync(path.join(root, dir)) ? readdirSync(path.join(root, dir)) : [];
  return names
    .filter((name) => name.startsWith(start) && name.endsWith(end))
    .map((name) => path.join(dir, name));
}

function measure(entries) {
  const files = new Set(
    entries.flatMap(filesFor).flatMap((entry) => closure(path.join(root, entry))),
  );
  const sizes = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of files) {
    const bytes = readFileSync(file);
    sizes.raw += bytes.length;
    sizes.gzip += gzipSync(bytes, { level: 9 }).length;
    sizes.brotli += brotliCompressSync(bytes).length;
  }
  return sizes;
}

function judge({ name, gzip, raised }, sizes) {
  if (raised && !(raised.gzip > gzip && raised.reason?.trim())) {
    return `the budget "${name}" is raised without a larger size and a written reason`;
  }
  const limit = raised?.gzip ?? gzip;
  if (sizes.gzip <= limit) return undefined;
  return `"${name}" is ${kilobytes(sizes.gzip)} with gzip, its budget is ${kilobytes(limit)}`;
}

/**
 * Prints the table; stops on any excess without a written reason (`"raised": { "gzip": …, "reason":
 * "…" }`).
 */
export function checkSizes() {
  const { budgets, cause } = JSON.parse(
    readFileSync(path.join(root, 'deploy/size-budgets.json'), 'utf8'),
  );
  const absent = budgets
    .flatMap(({ entries }) => entries)
    .filter((entry) => filesFor(entry).length === 0);
  if (absent.length > 0) throw new Stop(`not built: ${absent.join(', ')}; run: npm run build`);
  console.log(
    '| what a browser loads | raw | gzip | brotli | budget, gzip |\n|---|--:|--:|--:|--:|',
  );
  const excesses = budgets.flatMap((budget) => {
    const sizes = measure(budget.entries);
    const limit = kilobytes(budget.raised?.gzip ?? budget.gzip);
    const cells = [sizes.raw, sizes.gzip, sizes.brotli].map(kilobytes);
    console.log(
      `| ${budget.name} | ${cells.join(' | ')} | ${limit}${budget.raised ? ` (${budget.raised.reason})` : ''} |`,
    );
    return judge(budget, sizes) ?? [];
  });
  excesses.push(...causeExcesses(cause.code));
  if (excesses.length > 0) {
    throw new Stop(
      `${excesses.join('\n')}\nMake it smaller, or write "raised" with a reason in deploy/size-budgets.json`,
    );
  }
}

/** Prints the code of each cause; which of them have more than the budget for one. */
function causeExcesses(limit) {
  const folder = path.join(root, 'frontend/engine/wasm');
  const causes = causeSizes(
    readFileSync(path.join(folder, 'inference_triage.wasm')),
    readFileSync(path.join(folder, 'functions.txt'), 'utf8'),
  );
  if (causes.length === 0)
    throw new Stop('the list of functions names no cause; run: npm run build');
  console.log(`\n| code of a cause, in the wasm | raw, at most ${kilobytes(limit)} |\n|---|--:|`);
  for (const { id, bytes } of causes) console.log(`| ${id} | ${kilobytes(bytes)} |`);
  return causes
    .filter(({ bytes }) => bytes > limit)
    .map(
      ({ id, bytes }) =>
        `the code of "${id}" is ${kilobytes(bytes)}, a cause's budget is ${kilobytes(limit)}`,
    );
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
