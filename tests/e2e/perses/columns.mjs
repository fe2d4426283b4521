// A page of one column: a release of Perses, and a way to get the plugin into it.

import path from 'node:path';

import { hostFolder, pluginArchive } from '../../../deploy/steps/perses-columns.mjs';
import { inputs } from '../portal/incidents.mjs';
import { startPersesServer } from './perses-server.mjs';

/** Ways to get the plugin, with the page that does it. */
export const ways = { installed: 'installed', bundled: 'in-process' };

const seconds = { '15m': 900, '1h': 3600 };

/** A server with the built archive and Perses's own Prometheus plugin installed, as npm has it. */
export function startColumn(release, prometheus, options = {}) {
  const official = path.join(hostFolder(release), 'node_modules/@perses-dev/prometheus-plugin');
  const app = path.join(hostFolder(release), 'dist');
  return startPersesServer({
    app,
    plugins: [pluginArchive(), official],
    prometheus: prometheus.url,
    ...options,
  });
}

/** The time range of an input. */
export function rangeOf(name) {
  const { end, range } = inputs[name];
  return { start: end - seconds[range], end };
}
