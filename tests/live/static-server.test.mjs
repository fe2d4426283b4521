// The demo's static server: right types, nothing outside its folder, a proxy to one server only.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { startStaticServer } from '../../deploy/steps/static-server.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-static-'));
let upstream;
let server;

before(async () => {
  mkdirSync(path.join(folder, 'public/below'), { recursive: true });
  writeFileSync(path.join(folder, 'secret.txt'), 'secret');
  mkdirSync(path.join(folder, 'public-secret'));
  writeFileSync(path.join(folder, 'public-secret/key.txt'), 'secret');
  for (const name of ['index.html', 'page.js', 'core.wasm', 'record.json.gz', 'below/index.html']) {
    writeFileSync(path.join(folder, 'public', name), name);
  }
  upstream = createServer((incoming, response) => response.end(`upstream ${incoming.url}`));
  await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const prometheusUrl = `http://127.0.0.1:${upstream.address().port}`;
  server = await startStaticServer(path.join(folder, 'public'), { prometheusUrl });
});

after(async () => {
  await server.stop();
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends the path exactly as written; `fetch` would tidy it first. */
function get(rawPath, method = 'GET') {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path: rawPath, method }, (response) => {
      let body = '';
      response.on('data', (text) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], body }),
      );
    });
    outgoing.on('error', reject).end();
  });
}

test('files come with the type a browser insists on', async () => {
  const types = {
    '/': 'text/html; charset=utf-8',
    '/page.js': 'text/javascript; charset=utf-8',
    '/core.wasm': 'application/wasm',
    '/record.json.gz': 'application/gzip',
    '/below/': 'text/html; charset=utf-8',
  };
  for (const [pathname, type] of Object.entries(types)) {
    const answer = await get(pathname);
    assert.equal(answer.status, 200, pathname);
    assert.equal(answer.type, type, pathname);
  }
  assert.equal((await get('/page.js?version=2')).body, 'page.js');
});

test('nothing outside the folder is served', async () => {
  const paths = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/below/../../secret.txt',
    '/..%5csecret.txt',
  ];
  const siblings = ['/../public-secret/key.txt', '/%2e%2e/public-secret/key.txt'];
  const odd = ['//etc/passwd', '/etc/passwd', '/%00', '/%zz', '/absent'];
  for (const pathname of [...paths, ...siblings, ...odd]) {
    const answer = await get(pathname);
    assert.equal(answer.status, 404, pathname);
    assert.doesNotMatch(answer.body, /secret|root:/);
  }
});

test('only reading is allowed', async () => {
  assert.equal((await get('/', 'DELETE')).status, 405);
  assert.equal((await get('/', 'POST')).status, 405);
});

test('the proxy keeps path and query, and leads to its own server only', async () => {
  assert.equal(
    (await get('/prometheus/api/v1/query?query=up')).body,
    'upstream /api/v1/query?query=up',
  );
  assert.equal((await get('/prometheus//example.invalid/x')).body, 'upstream //example.invalid/x');
});

test('a proxy whose server is gone says so', async () => {
  const alone = await startStaticServer(path.join(folder, 'public'), {
    prometheusUrl: 'http://127.0.0.1:1',
  });
  const response = await fetch(`${alone.url}prometheus/api/v1/query`);
  assert.equal(response.status, 502);
  await alone.stop();
});
