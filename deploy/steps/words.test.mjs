// Sentences that users read are plain: none of these phrases stands in a text of the programs, of
// the page or of the documents.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root } from './process.mjs';

/** Ways of saying it that were replaced, and why the new way is better is plain from reading it. */
const replaced = [
  'tokens c(o|a)me every',
  'stood at exactly',
  'queueing may take',
  'took twice the step',
  'a larger batch has no room',
  'now run or wait in one batch',
  'pays a device',
  'thrown out of the batch',
  'than the engine can serve: they queue',
  'and the first token waits for it',
  'the pattern points to',
  'no neighbouring diagnosis',
  'acting without a diagnosis',
  'a device that became slow and a batch',
  'because each request stays longer, not because there is more',
  'interpolated quantiles lie outside',
  'which cannot be(,|;|"|$)',
  'the stronger the colour',
  'from the amount of work',
  'from the time for the same work',
  'requests without an end',
  'computed prompt tokens per request',
  'how full the kv cache is',
  'series of a known engine \\(',
  'address before /api',
  'reveal the truth',
  'what was really going on',
  'is the matter',
  'load that nobody',
];

/** Components are named, not told like persons; "again" is English where "anew" is not. */
const unclear = ['nobody', 'somebody', 'whoever', 'anew', 'speaks (for|against)'];

const word = (phrases) => new RegExp(`(?<![\\w/-])(${phrases.join('|')})(?![\\w-])`, 'i');

const listed = (...patterns) =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');

const isTest = (file) => /(^|\/)tests?(\/|\.|_)|\.test\./.test(file);

/** Lines of a program that may hold a text; its comments are for those who change it. */
function textsOf(file) {
  const [code] = readFileSync(path.join(root, file), 'utf8').split('#[cfg(test)]');
  return code
    .split('\n')
    .map((line, index) => ({ line, at: `${file}:${index + 1}` }))
    .filter(
      ({ line }) => /["'`>]|^\s+[\w ,.;:()-]+\\?$/.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line),
    );
}

const programs = listed(
  ...['core/src/*.rs', 'cli/src/*.rs', 'plugin/src/*.rs'],
  ...['engine', 'view', 'panel', 'portal', 'grafana', 'perses'].flatMap((name) => [
    `frontend/${name}/src/*.ts`,
    `frontend/${name}/src/*.tsx`,
  ]),
  ...['frontend/portal/demo/*.html', 'frontend/portal/demo/*.ts', 'deploy/steps/dashboards/*.mjs'],
).filter((file) => !isTest(file) && !/\.generated\./.test(file));

const documents = listed(
  'README.md',
  'docs/*.md',
  'docs/causes/*.md',
  'frontend/*README.md',
).filter((file) => !file.includes('/.config/'));

const linesOf = (file) =>
  readFileSync(path.join(root, file), 'utf8')
    .split('\n')
    .map((line, index) => ({ line, at: `${file}:${index + 1}` }));

const found = (lines, phrases) =>
  lines
    .filter(({ line }) => word(phrases).test(line))
    .map(({ line, at }) => `${at} ${line.trim()}`);

test('no text of a program says it in a way that was replaced', () => {
  assert.ok(programs.length > 300, `${programs.length} files`);
  assert.deepEqual(found(programs.flatMap(textsOf), replaced), []);
});

test('no text is unclear about who acts', () => {
  const texts = programs.flatMap(textsOf).filter(({ line }) => /["'`]/.test(line));
  assert.deepEqual(found(texts, unclear), []);
});

test('no document says it in a way that was replaced', () => {
  assert.ok(documents.length > 50, `${documents.length} files`);
  assert.deepEqual(found(documents.flatMap(linesOf), replaced), []);
});

test('a phrase is found whatever its case, and not inside of another word', () => {
  const line = (text) => [{ line: text, at: 'x:1' }];
  assert.equal(found(line('Tokens came every 9 ms'), replaced).length, 1);
  assert.equal(found(line('it runs anew.'), unclear).length, 1);
  assert.equal(found(line('read_anew(settings)'), unclear).length, 0);
});
