// The federated form, as a Perses server serves it. Only React is shared, and always the host's:
// there is no copy in the archive. Whatever else a plugin shares binds it to one release of Perses.

import { pluginModuleFederation } from '@module-federation/rsbuild-plugin';
import { defineConfig } from '@rsbuild/core';
import { pluginReact } from '@rsbuild/plugin-react';
import manifest from './package.json' with { type: 'json' };
import { KIND } from './src/perses.js';

const prefix = `/plugins/${KIND}/`;
const react = manifest.peerDependencies.react;

/** As text, because the federation runtime evaluates it in the page. */
const publicPath = `function() { return (window.PERSES_PLUGIN_ASSETS_PATH || (window.PERSES_APP_CONFIG && window.PERSES_APP_CONFIG.api_prefix) || "") + "${prefix}"; }`;

export default defineConfig({
  source: { entry: { main: './src/index-federation.ts' } },
  output: {
    assetPrefix: prefix,
    // The server takes no other folder from an archive.
    distPath: {
      root: 'dist/plugin',
      js: '__mf/js',
      jsAsync: '__mf/js/async',
      css: '__mf/css',
      font: '__mf/font',
      wasm: '__mf/wasm',
      assets: '__mf/assets',
    },
    cleanDistPath: true,
    legalComments: 'linked',
    sourceMap: { js: 'source-map' },
    target: 'web',
    // More than one pass, because each leaves something to the next.
    minify: { jsOptions: { minimizerOptions: { compress: { passes: 4 } } } },
    overrideBrowserslist: ['chrome >= 111', 'firefox >= 113', 'safari >= 16.4'],
  },
  // What loads together is one file; only the drawing code comes later, by its own import.
  performance: { printFileSize: false, chunkSplit: { strategy: 'all-in-one' } },
  plugins: [
    pluginReact(),
    pluginModuleFederation({
      name: KIND,
      exposes: { [`./${KIND}`]: `./src/${KIND}.ts` },
      shared: {
        react: { singleton: true, requiredVersion: react, import: false },
        'react-dom': { singleton: true, requiredVersion: react },
      },
      dts: false,
      runtime: false,
      getPublicPath: publicPath,
    }),
  ],
  tools: {
    htmlPlugin: false,
    rspack(config) {
      // A server below a sub-path serves the files below it too; the script knows where it came
      // from.
      config.output = { ...config.output, publicPath: 'auto' };
      config.resolve = { ...config.resolve, extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } };
      return config;
    },
  },
});
