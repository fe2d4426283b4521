// Every way a page may get the module, and every way it may not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { openBrowser, startServer } from './support/browser.mjs';
import { packageFolder, wasmBytes } from './support/package.mjs';

const wasm = wasmBytes();
const html = '<!doctype html><title>the start page of a single-page application</title>';
const mounts = { '/engine/': packageFolder, '/copy/': packageFolder };
const answers = {
  '/octet-stream.wasm': { type: 'application/octet-stream', body: wasm },
  '/type-with-parameter.wasm': { type: 'application/wasm; charset=utf-8', body: wasm },
  '/slow.wasm': { type: 'application/wasm', body: wasm, pieces: 20 },
  '/compressed.wasm.gz': { type: 'application/gzip', body: gzipSync(wasm) },
  '/truncated.wasm': { type: 'application/wasm', body: wasm.subarray(0, 20_000) },
  '/truncated.wasm.gz': { type: 'application/gzip', body: gzipSync(wasm).subarray(0, 20_000) },
  '/page.wasm': { type: 'text/html', body: html },
  '/page-as-wasm.wasm': { type: 'application/wasm', body: html },
  '/empty.wasm': { type: 'application/wasm', body: Buffer.alloc(0) },
  '/other.wasm': { type: 'application/wasm', body: Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) },
};

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** Runs `body` in a fresh page that has `loadEngine`, and returns what it returns. */
async function inPage(body, { policy, argument, prepare } = {}) {
  const server = await startServer({ mounts, answers, policy });
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  try {
    if (prepare) await page.addInitScript(prepare);
    await page.goto(server.url);
    const result = await page.evaluate(body, argument);
    assert.deepEqual(errors, [], 'nothing is thrown into the page');
    return result;
  } finally {
    await page.close();
    await server.stop();
  }
}

/** Loads from an address and answers the state, without the engine, which cannot leave the page. */
function load(address, options) {
  const body = async (source) => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const { state, reason, cure, engine } = await loadEngine(source);
    engine?.createSession().free();
    return { state, reason, cure, version: engine?.version };
  };
  return inPage(body, { ...options, argument: address });
}

for (const [name, address] of [
  ['the address of the ./wasm entry', '/engine/dist/inference_triage.wasm'],
  ['the wrong content type', '/octet-stream.wasm'],
  ['a content type with a parameter', '/type-with-parameter.wasm'],
  ['a gzip file', '/compressed.wasm.gz'],
  ['a slow network', '/slow.wasm'],
]) {
  test(`loads from ${name}`, async () => {
    assert.deepEqual(await load(address), {
      state: 'ready',
      reason: undefined,
      cure: undefined,
      version: '0.1.0',
    });
  });
}

for (const [name, address, reason, cure] of [
  ['a missing file', '/missing.wasm', /answered 404/, /deploy inference_triage\.wasm/],
  ['a truncated file', '/truncated.wasm', /does not compile \(20000 bytes/, /truncated or damaged/],
  ['a truncated gzip file', '/truncated.wasm.gz', /does not compile/, /truncated or damaged/],
  ['a page instead of the file', '/page.wasm', /is an HTML page/, /deploy inference_triage\.wasm/],
  [
    'a page with the content type of wasm',
    '/page-as-wasm.wasm',
    /is an HTML page/,
    /deploy inference_triage\.wasm/,
  ],
  ['an empty file', '/empty.wasm', /is not a WebAssembly module/, /inference_triage\.wasm/],
  ['another module', '/other.wasm', /is not the engine/, /inference_triage\.wasm/],
  [
    'a server that is not there',
    'http://127.0.0.1:9/x.wasm',
    /could not be fetched/,
    /connect-src/,
  ],
]) {
  test(`says what is wrong with ${name}`, async () => {
    const found = await load(address);
    assert.equal(found.state, 'failed');
    assert.match(found.reason, reason);
    assert.match(found.cure, cure);
  });
}

test('a strict policy is named with its cure', async () => {
  const found = await load('/engine/dist/inference_triage.wasm', { policy: "script-src 'self'" });
  assert.equal(found.state, 'unsupported');
  assert.match(found.reason, /Content-Security-Policy refuses WebAssembly/);
  assert.match(found.cure, /script-src 'self' 'wasm-unsafe-eval'/);
});

test('a strict policy refuses inlined bytes too, with the same answer', async () => {
  const body = async () => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const { wasmBytes: bytes } = await import('/engine/dist/inline.js');
    return loadEngine(bytes);
  };
  const found = await inPage(body, { policy: "script-src 'self'" });
  assert.equal(found.state, 'unsupported');
  assert.match(found.cure, /'wasm-unsafe-eval'/);
});

test("loads under the policy that the cure names, with connect-src 'none' and inlined bytes", async () => {
  const body = async () => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const { wasmBytes: bytes } = await import('/engine/dist/inline.js');
    return (await loadEngine(bytes)).state;
  };
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";
  assert.equal(await inPage(body, { policy }), 'ready');
});

test('a policy without the address in connect-src is a failed fetch', async () => {
  const policy = "script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";
  const found = await load('/engine/dist/inference_triage.wasm', { policy });
  assert.equal(found.state, 'failed');
  assert.match(found.cure, /connect-src/);
});

test('loads through a wrapped fetch that answers what is not a Response', async () => {
  const prepare = () => {
    const native = window.fetch;
    window.fetch = async (...args) => {
      const response = await native(...args);
      const { ok, status, headers } = response;
      return { ok, status, headers, arrayBuffer: () => response.arrayBuffer() };
    };
  };
  assert.equal((await load('/engine/dist/inference_triage.wasm', { prepare })).state, 'ready');
});

test('loads through a wrapped fetch that looks native', async () => {
  const prepare = () => {
    const native = window.fetch;
    const wrapped = async (...args) =>
      new Proxy(await native(...args), { get: (target, key) => bound(target, key) });
    const bound = (target, key) =>
      typeof target[key] === 'function' ? target[key].bind(target) : target[key];
    window.fetch = wrapped.bind(null);
  };
  assert.equal((await load('/engine/dist/inference_triage.wasm', { prepare })).state, 'ready');
});

test('a browser without WebAssembly is told so', async () => {
  const found = await load('/engine/dist/inference_triage.wasm', {
    prepare: () => delete window.WebAssembly,
  });
  assert.equal(found.state, 'unsupported');
  assert.match(found.reason, /no WebAssembly/);
});

test('two calls at once and a later one share one engine', async () => {
  const body = async () => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const address = '/engine/dist/inference_triage.wasm';
    const [one, other] = await Promise.all([
      loadEngine(address),
      loadEngine(new URL(address, location.href)),
    ]);
    const later = await loadEngine('/missing.wasm');
    return [one.state, one.engine === other.engine, one.engine === later.engine];
  };
  assert.deepEqual(await inPage(body), ['ready', true, true]);
});

test('two copies of the package share one engine', async () => {
  const body = async () => {
    const first = await import('/engine/dist/index.js');
    const second = await import('/copy/dist/index.js');
    const address = '/engine/dist/inference_triage.wasm';
    const [one, other] = await Promise.all([first.loadEngine(address), second.loadEngine(address)]);
    return [first.loadEngine === second.loadEngine, one.state, one.engine === other.engine];
  };
  assert.deepEqual(await inPage(body), [false, 'ready', true]);
});

test('after a failure the next call tries again, and a call that waits with a better source wins', async () => {
  const body = async () => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const good = '/engine/dist/inference_triage.wasm';
    const failed = await loadEngine('/missing.wasm');
    const [again, better] = await Promise.all([loadEngine('/missing.wasm'), loadEngine(good)]);
    return [failed.state, again.state, better.state];
  };
  assert.deepEqual(await inPage(body), ['failed', 'failed', 'ready']);
});

test('loads a module that is already compiled', async () => {
  const body = async () => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const bytes = await (await fetch('/engine/dist/inference_triage.wasm')).arrayBuffer();
    return (await loadEngine(await WebAssembly.compile(bytes))).state;
  };
  assert.equal(await inPage(body), 'ready');
});

test('the ./wasm entry names the file beside it', async () => {
  const body = async () => {
    const { loadEngine } = await import('/engine/dist/index.js');
    const { wasmUrl } = await import('/engine/dist/wasm.js');
    return [wasmUrl.pathname, (await loadEngine(wasmUrl)).state];
  };
  assert.deepEqual(await inPage(body), ['/engine/dist/inference_triage.wasm', 'ready']);
});
