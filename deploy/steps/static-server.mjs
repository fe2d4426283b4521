// A small static server on a loopback port, with an optional proxy to one Prometheus.

import { createReadStream, statSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import path from 'node:path';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * Serves `folder`; requests below `/prometheus/` go to `prometheusUrl` when there is one. Returns
 * `{ url, stop }`.
 */
export async function startStaticServer(folder, { prometheusUrl } = {}) {
  const server = createServer((request, response) => {
    const [pathname] = request.url.split('?', 1);
    if (prometheusUrl && pathname.startsWith('/prometheus/'))
      return proxy(request, response, prometheusUrl);
    return serveFile(folder, pathname, request.method, response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function serveFile(folder, pathname, method, response) {
  if (method !== 'GET' && method !== 'HEAD')
    return refuse(response, 405, 'only GET and HEAD are served here');
  const file = fileFor(folder, pathname);
  if (!file) return refuse(response, 404, 'not found');
  const headers = {
    'content-type': types[path.extname(file.path)] ?? 'application/octet-stream',
    'content-length': file.size,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  response.writeHead(200, headers);
  return method === 'HEAD' ? response.end() : createReadStream(file.path).pipe(response);
}

/**
 * The file a path names inside `folder`, index.html for a folder; undefined for anything outside or
 * absent.
 */
function fileFor(folder, pathname) {
  let relative;
  try {
    relative = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (relative.includes('\0')) return undefined;
  const base = path.resolve(folder);
  let file = path.join(base, relative);
  if (file !== base && !file.startsWith(base + path.sep)) return undefined;
  let stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    file = path.join(file, 'index.html');
    stats = statSync(file, { throwIfNoEntry: false });
  }
  return stats?.isFile() ? { path: file, size: stats.size } : undefined;
}

function proxy(request, response, prometheusUrl) {
  // The host is fixed and only the path is the caller's, so no path can lead to another server.
  const { host, hostname, port } = new URL(prometheusUrl);
  const options = {
    hostname,
    port,
    path: request.url.slice('/prometheus'.length),
    method: request.method,
    headers: { ...request.headers, host },
  };
  const upstream = forward(options, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  upstream.on('error', () =>
    response.headersSent ? response.destroy() : refuse(response, 502, 'Prometheus does not answer'),
  );
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function refuse(response, status, sentence) {
  return response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
    .end(`${sentence}\n`);
}
