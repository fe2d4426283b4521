// The build of the pages for one release of Perses: the same sources, that release's packages.

import path from 'node:path';

const pages = ['in-process', 'installed', 'dashboard', 'editor'];
const here = import.meta.dirname;

/**
 * `host` is the folder of a release: its node_modules are used, and its release.ts as
 * `perses-release`.
 */
export function pagesOf(host, { plugins, alias = {} }) {
  return {
    root: here,
    base: './',
    plugins: [...plugins, packagesOf(host)],
    resolve: { alias: { ...alias, 'perses-release': path.join(host, 'release.ts') } },
    // Perses's own requests name the global object as Node does.
    define: { global: 'globalThis' },
    build: {
      outDir: path.join(host, 'dist'),
      emptyOutDir: true,
      target: 'es2022',
      chunkSizeWarningLimit: 20_000,
      rolldownOptions: { input: pages.map((page) => path.join(here, `${page}.html`)) },
    },
  };
}

/**
 * The pages lie beside the releases, so their packages are looked up as if the pages lay inside
 * one.
 */
function packagesOf(host) {
  return {
    name: 'packages-of-a-release',
    enforce: 'pre',
    resolveId(source, importer, options) {
      if (!importer?.startsWith(here) || source.startsWith('.') || path.isAbsolute(source))
        return undefined;
      return this.resolve(source, path.join(host, 'release.ts'), { ...options, skipSelf: true });
    },
  };
}
