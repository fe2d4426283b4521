// A server for test pages: files made by the test, the built package, and a Prometheus behind the
// same address.

import { createReadStream, statSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import path from 'node:path';
import { root } from '../../../deploy/steps/process.mjs';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** The built package. */
export const packageFolder = path.join(root, 'frontend/portal/dist');

/**
 * `pages`: HTML by path. `files`: scripts by path. `folders`: folders by path prefix, each ending
 * in a slash. `policy`: a Content-Security-Policy for every page. `allowsOthers`: whether pages of
 * other origins may read the proxied answers. `prometheus`: address of the server behind
 * `/prometheus/`; may be replaced while running.
 */
export async function startPageServer({
  pages = {},
  files = {},
  folders = { '/portal/': packageFolder },
  policy,
  prometheus,
  allowsOthers = true,
} = {}) {
  const upstream = { url: prometheus, allowsOthers };
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url, 'http://page');
    if (pathname.startsWith('/prometheus/')) {
      return proxy(request, response, upstream, pathname.slice('/prometheus'.length) + search);
    }
    if (pages[pathname] !== undefined) {
      const headers = policy === undefined ? {} : { 'content-security-policy': policy };
      return response
        .writeHead(200, { 'content-type': types['.html'], ...headers })
        .end(pages[pathname]);
    }
    if (files[pathname] !== undefined) {
      return response.writeHead(200, { 'content-type': types['.js'] }).end(files[pathname]);
    }
    return sendFile(folders, pathname, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    upstream,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function sendFile(folders, pathname, response) {
  const prefix = Object.keys(folders).find((candidate) => pathname.startsWith(candidate));
  const relative = prefix === undefined ? undefined : pathname.slice(prefix.length) || 'index.html';
  const file =
    relative === undefined || relative.includes('..')
      ? undefined
      : path.join(folders[prefix], relative);
  if (file === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile())
    return response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
  });
  return createReadStream(file).pipe(response);
}

function proxy(request, response, { url, allowsOthers }, target) {
  if (url === undefined) return response.writeHead(502).end('Prometheus does not answer');
  const { hostname, port, host } = new URL(url);
  const options = {
    hostname,
    port,
    path: target,
    method: request.method,
    headers: { ...request.headers, host },
  };
  const upstream = forward(options, (answer) => {
    const kept = Object.entries(answer.headers).filter(
      ([name]) => allowsOthers || !name.startsWith('access-control-'),
    );
    response.writeHead(answer.statusCode, Object.fromEntries(kept));
    answer.pipe(response);
  });
  upstream.on('error', () =>
    response.headersSent ? response.destroy() : response.writeHead(502).end('no answer'),
  );
  response.on('close', () => upstream.destroy());
  return request.pipe(upstream);
}

/** A page with the element and nothing else around it. */
export function elementPage(
  attributes,
  { entry = '/portal/define.js', head = '', body = '' } = {},
) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="color-scheme" content="light dark" />
    <title>A portal</title>
    <link rel="icon" href="data:," />
    ${head}
    <script type="module" src="${entry}"></script>
  </head>
  <body>
    <main>
      <h1>Portal</h1>
      <inference-triage ${attributes}></inference-triage>
      ${body}
    </main>
  </body>
</html>`;
}
