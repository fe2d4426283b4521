// The packed package in a stranger's project: it imports without a DOM, its types hold, a page
// reads one verdict.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../../deploy/steps/process.mjs';
import { startBrowser } from '../browser.mjs';
import { reportOf } from './element.mjs';
import { elementPage, startPageServer } from './page-server.mjs';

let folder, installed;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-consumer-'));
  installed = path.join(folder, 'node_modules/@inference-triage/portal');
  const pack = ['pack', '--silent', '--pack-destination', folder];
  const archive = execFileSync('npm', pack, {
    cwd: path.join(root, 'frontend/portal'),
    encoding: 'utf8',
  }).trim();
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', [
    '-xzf',
    path.join(folder, archive),
    '-C',
    installed,
    '--strip-components=1',
  ]);
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('every file the manifest names is in the archive, the demo is not', () => {
  const manifest = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
  const named = [
    manifest.customElements,
    ...Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? entry : Object.values(entry),
    ),
  ];
  assert.deepEqual(
    named.filter((file) => !existsSync(path.join(installed, file))),
    [],
  );
  assert.equal(existsSync(path.join(installed, 'dist/demo')), false);
  assert.equal(manifest.dependencies, undefined);
});

for (const entry of ['', '/define', '/inline']) {
  test(`@inference-triage/portal${entry} is imported where there is no DOM`, () => {
    const script = `import('@inference-triage/portal${entry}').then((module) => console.log(typeof module.InferenceTriageElement))`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(printed.trim(), 'function');
  });
}

test('its types are complete without any other package', () => {
  writeFileSync(
    path.join(folder, 'consumer.ts'),
    `import { PrometheusClient, setWasmUrl, type InferenceTriageEventMap } from '@inference-triage/portal';
import '@inference-triage/portal/define';
setWasmUrl(new URL('https://example.invalid/x.wasm'));
const element = document.createElement('inference-triage');
element.settings = { slo: { profile: 'rag', targets: { ttft: 1 } } };
element.data = { responses: ['{}'] };
const sentence: string | undefined = element.report()?.verdict.sentence;
element.addEventListener('inference-triage-report', (event) => {
  const { report } = (event as InferenceTriageEventMap['inference-triage-report']).detail;
  const lo: number | undefined = report.signals['ttft']?.quantiles[0]?.lo;
  console.log(lo, sentence, new PrometheusClient({ url: '/' }));
});
// @ts-expect-error a profile that does not exist
element.settings = { slo: { profile: 'poetry' } };
`,
  );
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
    target: 'ES2022',
    module: 'ES2022',
    moduleResolution: 'bundler',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  };
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }),
  );
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
});

test('a page made of the packed files alone reads a verdict', async () => {
  const give = `
    const response = await fetch('/recordings/seed000-before.json.gz');
    const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
    const text = await new Response(unpacked).text();
    document.querySelector('inference-triage').data = { responses: JSON.parse(text).responses };
  `;
  const server = await startPageServer({
    pages: { '/': elementPage('', { body: '<script type="module" src="/give.js"></script>' }) },
    files: { '/give.js': give },
    folders: {
      '/portal/': path.join(installed, 'dist'),
      '/recordings/': path.join(root, 'tests/incidents/recordings'),
    },
  });
  const browser = await startBrowser();
  try {
    const { page, errors } = await browser.open(`${server.url}/`);
    assert.equal((await reportOf(page)).verdict.id, 'slot-cap');
    assert.deepEqual(errors, []);
  } finally {
    await browser.stop();
    await server.stop();
  }
});

test('the read-me names every attribute', async () => {
  const { ATTRIBUTES } = await import(path.join(installed, 'dist/index.js'));
  const text = readFileSync(path.join(installed, 'README.md'), 'utf8');
  assert.deepEqual(
    Object.keys(ATTRIBUTES).filter((name) => !text.includes(`\`${name}\``)),
    [],
  );
});

test('the custom elements manifest lists what the class observes', async () => {
  const manifest = JSON.parse(
    readFileSync(path.join(installed, 'dist/custom-elements.json'), 'utf8'),
  );
  const { InferenceTriageElement } = await import(path.join(installed, 'dist/index.js'));
  const [declaration] = manifest.modules[0].declarations;
  assert.deepEqual(
    declaration.attributes.map(({ name }) => name),
    InferenceTriageElement.observedAttributes,
  );
  const accessors = Object.getOwnPropertyNames(InferenceTriageElement.prototype);
  assert.deepEqual(
    declaration.members.map(({ name }) => name).filter((name) => !accessors.includes(name)),
    [],
  );
});
