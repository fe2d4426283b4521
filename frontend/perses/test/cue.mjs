// CUE in Node: cue-wasm's own packaging suits bundlers only, so it is bundled first.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const schemas = path.resolve(import.meta.dirname, '../schemas');

/** `evaluate(text)`: CUE to a value; throws what CUE says. `stop()` removes what was made. */
export async function startCue() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-cue-'));
  const outfile = path.join(folder, 'cue.cjs');
  const contents = "export { init } from 'cue-wasm';";
  const stdin = { contents, resolveDir: import.meta.dirname };
  await build({ stdin, outfile, bundle: true, format: 'cjs', platform: 'node', logLevel: 'error' });
  const { init } = (await import(outfile)).default;
  const cue = await init('full');
  return {
    evaluate: (text) => cue.parse(text),
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The panel's schema with a plugin definition, as a Perses server unites them. */
export function withSchema({ kind, spec }) {
  return `${textOf('inference-triage.cue')}\nkind: ${JSON.stringify(kind)}\nspec: ${JSON.stringify(spec)}\n`;
}

/** The migration with a Grafana panel, as a Perses server unites them. */
export function withMigration(panel) {
  return textOf('migrate/migrate.cue').replace(
    /^#panel: +_$/m,
    () => `#panel: ${JSON.stringify(panel)}`,
  );
}

/** Text without the line that names its package. */
function textOf(file) {
  return readFileSync(path.join(schemas, file), 'utf8').replace(/^package \w+$/m, '');
}
