// Every verb starts in a fresh clone: it installs the npm packages itself, so nothing that it
// loads at its start may need one (`await import(…)` where it is used does).

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import ts from 'typescript';

import { root } from './process.mjs';

const folder = path.join(root, 'deploy/verbs');
const verbs = readdirSync(folder);

/** What a module names in its `import … from`, `export … from` and `import '…'`. */
function named(text) {
  return ts
    .createSourceFile('module.mjs', text, ts.ScriptTarget.Latest)
    .statements.filter((each) => ts.isImportDeclaration(each) || ts.isExportDeclaration(each))
    .flatMap(({ moduleSpecifier }) => (moduleSpecifier ? [moduleSpecifier.text] : []));
}

/** Every package that is loaded with a file, as `package (loaded by file)`. */
function packages(file, seen = new Set()) {
  if (seen.has(file) || file.endsWith('.json')) return [];
  seen.add(file);
  return named(readFileSync(file, 'utf8')).flatMap((name) => {
    if (name.startsWith('node:')) return [];
    if (!name.startsWith('.')) return [`${name} (loaded by ${path.relative(root, file)})`];
    return packages(path.resolve(path.dirname(file), name), seen);
  });
}

for (const verb of verbs) {
  test(`deploy/verbs/${verb} starts without an npm package`, () => {
    const seen = new Set();
    assert.deepEqual(packages(path.join(folder, verb), seen), []);
    assert.ok(seen.size > 2, 'the verb loads its steps');
  });
}
