// A second minifier after the bundler's: it rewrites expressions where the first only renames and
// removes.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { minify } from 'terser';

/** Makes every script of a folder smaller, and keeps its source map right. */
export async function makeSmaller(folder) {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
    const file = path.join(folder, name);
    const map = `${file}.map`;
    const { code, map: newMap } = await minify(
      { [name]: readFileSync(file, 'utf8') },
      {
        module: true,
        ecma: 2020,
        compress: { passes: 2 },
        sourceMap: { content: readFileSync(map, 'utf8'), filename: name, url: `${name}.map` },
      },
    );
    writeFileSync(file, code);
    writeFileSync(map, newMap);
  }
}
