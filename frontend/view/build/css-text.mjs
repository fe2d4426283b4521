// Style sheets become minified text, for constructed style sheets.

import { readFile } from 'node:fs/promises';

import { transform } from 'esbuild';

/** An esbuild plugin: `import { text } from './x.css'`. */
export const cssText = {
  name: 'css-text',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const { code } = await transform(source, { loader: 'css', minify: true, target: 'es2022' });
      return { contents: `export const text = ${JSON.stringify(code.trim())};`, loader: 'js' };
    });
  },
};
