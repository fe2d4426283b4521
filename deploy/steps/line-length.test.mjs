// No line of code is longer than what two files beside each other on a laptop show.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root } from './process.mjs';

const longest = 100;

/**
 * Written by a program; not ours; a table of published figures with one of them a line; pages of
 * prose.
 */
const exempt = [
  /\.generated\./,
  /^frontend\/grafana\/\.config\//,
  /^core\/src\/histogram\/incident\.rs$/,
  /^tests\/(accuracy\/src\/report\/page\.rs|twins\/src\/report\.rs|bench\/markdown\.mjs)$/,
];

/** What cannot be broken without losing the search for it: an address, or a text of this length. */
const unbreakable = [
  /https?:\/\/\S+/,
  /r#".{40,}/,
  // An instruction to a linter; a regular expression; a line of JSON in a text.
  /^\s*\/\/ eslint-/,
  /^\s*\/.{40,}\/[gimsuy]*[;,]$/,
  /^[\s/!]*\{?"\w+": ?/,
  /"(?:[^"\\]|\\.){40,}"/,
  /'(?:[^'\\]|\\.){40,}'/,
  /`.{40,}/,
  // The first line of a text over several lines, those between, and the last one.
  /"(?:[^"\\]|\\.){40,}\\$/,
  / \\$/,
  /^(?:[^"\\]|\\.){40,}"[,;)]*$/,
];

function isTooLong(line) {
  return [...line].length > longest && !unbreakable.some((text) => text.test(line));
}

function files() {
  const patterns = ['*.rs', '*.ts', '*.tsx', '*.mjs', '*.js', '*.css'];
  const list = execFileSync('git', ['ls-files', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  });
  return list.split('\n').filter((file) => file !== '' && !exempt.some((name) => name.test(file)));
}

test('a line that could be broken is found, a long text is not', () => {
  assert.ok(isTooLong(`let sum = ${'term + '.repeat(15)}0;`));
  assert.ok(isTooLong(`// ${'word '.repeat(25)}`));
  assert.ok(!isTooLong(`    "${'word '.repeat(25)}",`));
  assert.ok(!isTooLong(`// https://example.com/${'path/'.repeat(25)}`));
  assert.ok(!isTooLong('a'.repeat(longest)));
});

test(`no line of code is longer than ${longest} columns`, () => {
  const found = files().flatMap((file) =>
    readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (isTooLong(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  assert.equal(found.length, 0, `\n${found.join('\n')}`);
});
