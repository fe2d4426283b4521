// A server that gives out what Grafana's would: its page, the plugin's public folder, icons,
// answers of a data source.

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

import {
  columnFolder,
  pageFolder,
  pluginFolder,
  pluginId,
} from '../../../../deploy/steps/grafana-columns.mjs';
import { answerQueries, answerResource } from './data-source.mjs';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};

const nonce = 'aGFybmVzcw';

/**
 * Serves a column's page below `subPath` (`/grafana`, or nothing). `policy`: a
 * Content-Security-Policy with Grafana's `$NONCE` and `$ROOT_PATH` in it. `upstream.url` may be
 * replaced while the server runs.
 */
export async function startGrafana({ column, prometheus, subPath = '', policy }) {
  const upstream = { url: prometheus };
  const missing = [];
  const settings = [];
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://grafana');
    if (!pathname.startsWith(`${subPath}/`)) return refuse(response, missing, pathname);
    const relative = decodeURIComponent(pathname.slice(subPath.length + 1));
    if (relative === '') {
      const setting = settings[Number(new URLSearchParams(search).get('setting'))];
      return sendPage(response, { subPath, policy, host: request.headers.host, setting });
    }
    if (relative === 'api/ds/query')
      return sendJson(response, 200, await answerQueries(upstream.url, await bodyOf(request)));
    const resource = /^api\/datasources\/uid\/\w+\/resources\/(.*)$/.exec(relative)?.[1];
    if (resource !== undefined) {
      const { status, body } = await answerResource(upstream.url, `${resource}${search}`);
      return response.writeHead(status, { 'content-type': types['.json'] }).end(body);
    }
    return sendFile(response, fileFor(column, relative), missing, pathname);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}${subPath}/`;
  return {
    /**
     * The address of a page with this setting; what a setting holds is told in harness/setting.mjs.
     */
    pageFor: (setting) => `${url}?setting=${settings.push(setting) - 1}`,
    upstream,
    /** Paths that were asked for and are not there. */
    missing,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The files behind a path below the root of Grafana. */
function fileFor(column, relative) {
  const folders = {
    [`public/plugins/${pluginId}/`]: pluginFolder,
    'public/build/img/icons/': path.join(
      columnFolder(column),
      'node_modules/@grafana/ui/dist/public/img/icons',
    ),
    'public/build/': pageFolder(column),
  };
  const prefix = Object.keys(folders).find((candidate) => relative.startsWith(candidate));
  return prefix === undefined
    ? undefined
    : path.join(folders[prefix], path.normalize(`/${relative.slice(prefix.length)}`));
}

function sendFile(response, file, missing, pathname) {
  if (file === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile())
    return refuse(response, missing, pathname);
  response.writeHead(200, {
    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
  });
  return createReadStream(file).pipe(response);
}

function refuse(response, missing, pathname) {
  missing.push(pathname);
  return response.writeHead(404).end('not found\n');
}

function sendPage(response, { subPath, policy, host, setting }) {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  if (policy) {
    const filled = policy
      .replaceAll('$NONCE', `'nonce-${nonce}'`)
      .replaceAll('$ROOT_PATH', `${host}${subPath}/`);
    headers['content-security-policy'] = filled;
  }
  response.writeHead(200, headers).end(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <base href="${subPath}/" />
    <title>Grafana</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="public/build/main.css" />
    <style nonce="${nonce}">html, body { margin: 0 }</style>
  </head>
  <body>
    <div id="reactRoot"></div>
    <script id="setting" type="application/json">${JSON.stringify(setting).replaceAll(
      '<',
      '\\u003c',
    )}</script>
    <script nonce="${nonce}" src="public/build/main.js"></script>
  </body>
</html>`);
}

function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': types['.json'] }).end(JSON.stringify(value));
}

async function bodyOf(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return JSON.parse(text);
}
