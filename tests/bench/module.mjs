// Loads one of the benchmarks' own wasm modules, in a page or in Node.

/** The glue of the module called `name` on the site at `url`, instantiated. */
export async function loadModule(url, name) {
  const glue = await import(new URL(`modules/${name}/inference_triage.js`, url));
  const file = new URL(`modules/${name}/inference_triage.wasm`, url);
  await glue.default({ module_or_path: await bytesOf(file) });
  return glue;
}

/** Node's `fetch` reads no files. */
async function bytesOf(file) {
  if (file.protocol === 'file:') return (await import('node:fs/promises')).readFile(file);
  return fetch(file);
}
