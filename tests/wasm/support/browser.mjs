// A headless Chromium, and a server whose answers each test words itself.

import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

import { chromium } from 'playwright-core';

import { chromiumLaunch } from '../../../deploy/steps/chromium.mjs';

const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.map': 'application/json' };

/** Starts Chromium; `close()` ends it. */
export function openBrowser() {
  return chromium.launch(chromiumLaunch('--js-flags=--expose-gc'));
}

/**
 * Serves `answers` (`{ '/x': { status, type, body, pieces } }`, in `pieces` with a pause after each
 * when that is given), then `mounts` (`{ '/engine/': folder }`), and at `/` an empty page. `policy`
 * becomes the page's Content-Security-Policy.
 */
export async function startServer({ mounts = {}, answers = {}, policy } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const answer = answers[pathname] ?? mounted(mounts, pathname) ?? blank(pathname);
    const { status = 200, type = 'text/html', body, pieces } = answer;
    const headers = { 'content-type': type, 'cache-control': 'no-store' };
    if (policy && pathname === '/') headers['content-security-policy'] = policy;
    response.writeHead(status, headers);
    if (pieces) void sendSlowly(response, body, pieces);
    else response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function sendSlowly(response, body, pieces) {
  const length = Math.ceil(body.length / pieces);
  for (let start = 0; start < body.length; start += length) {
    response.write(body.subarray(start, start + length));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  response.end();
}

function mounted(mounts, pathname) {
  for (const [prefix, folder] of Object.entries(mounts)) {
    const file = path.join(folder, pathname.slice(prefix.length));
    if (pathname.startsWith(prefix) && statSync(file, { throwIfNoEntry: false })?.isFile()) {
      return {
        type: types[path.extname(file)] ?? 'application/octet-stream',
        body: readFileSync(file),
      };
    }
  }
  return undefined;
}

function blank(pathname) {
  const page = '<!doctype html><meta charset="utf-8"><title>test</title>';
  return pathname === '/' ? { body: page } : { status: 404, type: 'text/plain', body: 'not found' };
}
