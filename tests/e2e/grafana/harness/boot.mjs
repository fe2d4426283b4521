// What Grafana's server writes into its page, and what its start-up puts on the window; read while
// @grafana/runtime loads.

import { setting, subPath } from './setting.mjs';

const light = setting.theme === 'light';

window.grafanaBootData = {
  settings: {
    appSubUrl: subPath,
    buildInfo: {
      version: globalThis.grafanaVersion,
      commit: 'harness',
      env: 'production',
      edition: 'Open Source',
      latestVersion: '',
      hasUpdate: false,
      hideVersion: false,
    },
    featureToggles: {},
    panels: {},
    apps: {},
    datasources: {},
    bootData: {},
  },
  user: {
    timezone: setting.timeZone,
    locale: 'en-US',
    language: 'en-US',
    theme: light ? 'light' : 'dark',
    lightTheme: light,
  },
  navTree: [],
};
window.__grafana_public_path__ = `${subPath}/public/`;
