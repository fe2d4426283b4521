// Each rule refuses what it is for; the archive is a real one, and the same every time.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { zip } from './preflight-archive.mjs';
import { judge, submission } from './preflight.mjs';

const id = 'acme-phases-panel';
const source = 'export const answer = 42;\n';

const plugin = {
  type: 'panel',
  name: 'Phases',
  id,
  info: {
    description: 'Shows phases.',
    keywords: ['a', 'b'],
    author: { name: 'Acme' },
    logos: { small: 'img/logo.svg', large: 'img/logo.svg' },
    links: [{ name: 'Source', url: 'https://acme.example/source' }],
    screenshots: [{ name: 'Wide', path: 'img/wide.png' }],
    version: '1.2.3',
    updated: '2026-01-31',
  },
  dependencies: { grafanaDependency: '>=12.3.0', plugins: [] },
};

const files = {
  'plugin.json': JSON.stringify(plugin),
  'module.js': `/* plugin: ${id}@1.2.3 */ define(["@grafana/data","react","module"],()=>1);`,
  'module.js.map': JSON.stringify({
    sources: [
      `webpack://${id}/./answer.ts`,
      `webpack://${id}/../node_modules/x/y.js`,
      `webpack://${id}/webpack/bootstrap`,
    ],
    sourcesContent: [source, 'other', 'other'],
  }),
  'README.md': `# Phases\n\n${'Words for users. '.repeat(60)}\n\n| Field | Type |\n| --- | --- |\n`,
  'CHANGELOG.md': '# Changelog\n\n## 1.2.3 (2026-01-31)\n\n- First.\n',
  LICENSE: 'Apache License\n                           Version 2.0, January 2004',
  'img/logo.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>',
  'img/wide.png': `\x89PNG${'x'.repeat(200)}`,
};

const rest = {
  manifest: { version: '1.2.3', license: 'Apache-2.0' },
  lock: '{}',
  scaffold: 'SCAFFOLDED BY @grafana/create-plugin',
};

function failing({ changed = {}, plugin: metadata = {}, info = {}, sources = {}, ...others } = {}) {
  const described = { ...plugin, ...metadata, info: { ...plugin.info, ...info } };
  const all = { ...files, 'plugin.json': JSON.stringify(described), ...changed };
  const answers = judge(
    submission({
      files: new Map(
        Object.entries(all)
          .filter(([, text]) => text !== undefined)
          .map(([name, text]) => [name, Buffer.from(text, 'latin1')]),
      ),
      sources: new Map(Object.entries({ 'answer.ts': source, ...sources })),
      ...rest,
      ...others,
    }),
  );
  return answers.filter(({ problems }) => problems.length > 0).map((answer) => answer.id);
}

test('a good panel passes', () => assert.deepEqual(failing(), []));

const cases = [
  ['archive', { changed: { 'notes.txt': 'x' } }],
  ['archive', { changed: { '.DS_Store': 'x' } }],
  ['nestedmetadata', { changed: { 'more/plugin.json': '{}' } }, 'archive'],
  ['metadatavalid', { plugin: { stranger: 1 } }],
  ['typesuffix', { plugin: { type: 'app' } }],
  ['pluginname', { plugin: { name: 'Phases panel' } }],
  ['discoverability', { info: { description: 'One. Two. Three.' } }],
  ['discoverability', { info: { keywords: [] } }],
  ['links', { info: { links: [{ name: 'Source', url: 'http://acme.example' }] } }],
  ['grafanadependency', { plugin: { dependencies: { grafanaDependency: '~12.3' } } }],
  ['version', { manifest: { version: '1.2.4', license: 'Apache-2.0' } }],
  ['changelog', { changed: { 'CHANGELOG.md': '## 1.2.3\n' } }],
  ['changelog', { info: { updated: '2026-02-01' } }],
  ['packagejson', { lock: '"resolved": "https://somewhere"' }],
  ['license', { changed: { LICENSE: 'All rights reserved' } }],
  ['buildtools', { scaffold: 'module.exports = {}' }],
  ['modulejs', { changed: { 'module.js': `${id}@1.2.3 define(["angular"],()=>1)` } }],
  ['modulejs', { changed: { '2.js': 'x' } }, 'archive'],
  ['jsmap', { sources: { 'answer.ts': 'export const answer = 43;\n' } }],
  [
    'circulardependencies',
    { sources: { 'a.ts': "import { b } from './b';\n", 'b.ts': "import { a } from './a';\n" } },
  ],
  ['readme', { changed: { 'README.md': '# Phases\n\n| --- |\n' } }],
  ['readme', { changed: { 'README.md': `${files['README.md']}<!-- template -->` } }],
  ['jargon', { changed: { 'README.md': `${files['README.md']}\nRun npm install.` } }],
  ['brokenlinks', { changed: { 'README.md': `${files['README.md']}\n![wide](img/wide.png)` } }],
  ['logos', { changed: { 'img/logo.svg': undefined } }],
  ['screenshots-exist', { changed: { 'img/wide.png': 'no picture at all'.repeat(20) } }],
  ['screenshots', { info: { screenshots: [] } }],
  ['size', { changed: { 'module.js': files['module.js'] + noise(600_000) } }],
  ...[
    '<script>1</script>',
    '<image href="x"/>',
    '<rect onload="x"/>',
    '<!DOCTYPE svg>',
    '<a>&x;</a>',
  ].map((bad) => [
    'unsafesvg',
    { changed: { 'img/logo.svg': `<svg xmlns="http://www.w3.org/2000/svg">${bad}</svg>` } },
  ]),
  ...[
    'window.grafanaBootData.user;',
    'alert("x");',
    'window.open(url, "_blank");',
    'import "./panel.css";',
    'fetch("/api/ds/query");',
    'console.log(1);',
    'window.location.reload();',
    '// @ts-ignore',
    'eval("1");',
    'element.innerHTML = text;',
    'localStorage.setItem("a", "b");',
    "const red = '#ff0000';",
  ].map((bad) => ['code-rules', { sources: { 'bad.ts': bad } }]),
];

for (const [rule, change, also] of cases) {
  test(`${rule} refuses ${JSON.stringify(change).slice(0, 90)}`, () => {
    assert.deepEqual(failing(change), [also, rule].filter(Boolean).sort(byOrder));
  });
}

test('unzip reads the archive, whose bytes depend on nothing but the files', () => {
  const content = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  const archive = zip(id, content);
  assert.deepEqual(zip(id, new Map([...content].reverse())), archive);
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'preflight-'));
  try {
    const file = path.join(scratch, 'x.zip');
    writeFileSync(file, archive);
    const read = JSON.parse(execFileSync('python3', ['-c', reader, file], { encoding: 'utf8' }));
    assert.deepEqual(
      read,
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`${id}/${name}`, text])),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

/** Another implementation of the format: Python's, which also checks the checksums. */
const reader = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
assert all((entry.external_attr >> 16) == 0o100644 for entry in archive.infolist())
print(json.dumps({entry.filename: archive.read(entry).decode() for entry in archive.infolist()}))
`;

function byOrder(one, other) {
  const order = judge(submission({ files: new Map(), sources: new Map(), ...rest })).map(
    (answer) => answer.id,
  );
  return order.indexOf(one) - order.indexOf(other);
}

/** Text that does not compress; the same every time. */
function noise(length) {
  let state = 1;
  return Array.from({ length }, () =>
    String.fromCharCode(33 + ((state = (state * 48271) % 2147483647) % 90)),
  ).join('');
}
