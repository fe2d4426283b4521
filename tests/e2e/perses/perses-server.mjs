// A stand-in for what a Perses server serves to its page: the list of installed plugins, their
// files, and a datasource behind the same address. Installed is whatever the folders or archives
// given hold, by the server's own rules.

import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import os from 'node:os';
import path from 'node:path';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/**
 * `app`: folder of the pages. `plugins`: unpacked folders, or archives as a server's
 * `plugin.archive_paths` hold them. `prefix`: sub-path of the whole application, e.g. `/perses`.
 * `prometheus`: address of the server behind `/prometheus`. `policy`: a Content-Security-Policy for
 * every page. `recorded`: every answer to a range query, as the page got it.
 */
export async function startPersesServer({
  app,
  plugins = [],
  prefix = '',
  prometheus,
  policy,
} = {}) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-perses-'));
  const modules = new Map(
    plugins.map((plugin, index) => install(plugin, path.join(scratch, String(index)))),
  );
  const recorded = [];
  const served = [];
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url, 'http://page');
    served.push(pathname);
    response.setHeader('x-content-type-options', 'nosniff');
    // Releases before 0.54 ask for manifests at the root whatever the sub-path.
    const local = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname;
    if (local.startsWith('/prometheus/')) {
      return proxy(request, response, {
        prometheus,
        target: local.slice('/prometheus'.length) + search,
        recorded,
      });
    }
    if (local === '/api/v1/plugins') {
      const list = [...modules.values()].map(({ resource }) => resource);
      return response.writeHead(200, { 'content-type': types['.json'] }).end(JSON.stringify(list));
    }
    if (local.startsWith('/plugins/')) return sendPlugin(modules, local, response);
    return sendPage({ app, prefix, policy }, local, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${prefix}`,
    recorded,
    served,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/**
 * A plugin as the server announces it: the name and version of the manifest, the plugins of
 * package.json.
 */
function install(plugin, folder) {
  let home = plugin;
  if (statSync(plugin).isFile()) {
    execFileSync('mkdir', ['-p', folder]);
    execFileSync('tar', ['-xzf', plugin, '-C', folder]);
    home = folder;
  }
  const read = (name) => JSON.parse(readFileSync(path.join(home, name), 'utf8'));
  const { name, metaData } = read('mf-manifest.json');
  const resource = {
    kind: 'PluginModule',
    metadata: { name, version: metaData.buildInfo.buildVersion },
    spec: { plugins: read('package.json').perses.plugins },
    status: { isLoaded: true },
  };
  return [name, { home, resource }];
}

/** `/plugins/<name>[~version[~registry]]/<file>` */
function sendPlugin(modules, local, response) {
  const [, , id, ...rest] = local.split('/');
  const module = modules.get(id.split('~')[0]);
  if (!module) return response.writeHead(404).end('no such plugin');
  return sendFile(path.join(module.home, path.normalize(`/${rest.join('/')}`)), response);
}

/** A page learns its sub-path as a Perses server tells it. */
function sendPage({ app, prefix, policy }, local, response) {
  const file = path.join(app, path.normalize(local));
  if (path.extname(file) !== '.html') return sendFile(file, response);
  const configuration = `<script>window.PERSES_APP_CONFIG = { api_prefix: ${JSON.stringify(prefix)} };</script>`;
  const page = readFileSync(file, 'utf8').replace('<head>', `<head>${configuration}`);
  const headers = policy === undefined ? {} : { 'content-security-policy': policy };
  return response.writeHead(200, { 'content-type': types['.html'], ...headers }).end(page);
}

function sendFile(file, response) {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    return response.writeHead(404).end('not found');
  response.writeHead(200, {
    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
  });
  return createReadStream(file).pipe(response);
}

function proxy(request, response, { prometheus, target, recorded }) {
  const { hostname, port, host } = new URL(prometheus);
  // Answers are recorded as text, so none may come compressed.
  const headers = { ...request.headers, host, 'accept-encoding': 'identity' };
  const options = { hostname, port, path: target, method: request.method, headers };
  const upstream = forward(options, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('end', () => {
      const body = Buffer.concat(parts);
      if (target.startsWith('/api/v1/query_range'))
        recorded.push({ status: answer.statusCode, body });
      response.writeHead(answer.statusCode, answer.headers).end(body);
    });
  });
  upstream.on('error', () =>
    response.headersSent ? response.destroy() : response.writeHead(502).end('no answer'),
  );
  request.pipe(upstream);
}
