// Panel plugins: the one under test from its built folder, as Grafana loads it, and Grafana's own
// time series beside it.

import { timeSeriesPlugin } from './time-series.mjs';

const loaded = new Map([['timeseries', timeSeriesPlugin]]);

/** Loads `plugin.json` and `module.js` from the plugin's public folder. */
export async function importPanelPlugin(id) {
  const known = loaded.get(id);
  if (known) return known;
  const baseUrl = `public/plugins/${id}`;
  const description = await (
    await fetch(new URL(`${baseUrl}/plugin.json`, document.baseURI))
  ).json();
  const module = await window.System.import(new URL(`${baseUrl}/module.js`, document.baseURI).href);
  const plugin = module.plugin ?? module.default?.plugin;
  plugin.meta = { ...description, module: `${baseUrl}/module.js`, baseUrl };
  loaded.set(id, plugin);
  return plugin;
}

export const getPanelPluginFromCache = (id) => loaded.get(id);
