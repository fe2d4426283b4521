// Inside a fresh page: from the module's bytes to the first report, one stage after the other.

/** Times every stage once; a page can do this only once. */
export async function prepare(url, { response }) {
  const [{ loadEngine }, { wasmUrl }] = await Promise.all([
    import(`${url}engine/dist/index.js`),
    import(`${url}engine/dist/wasm.js`),
  ]);
  const fetched = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());
  const bytes = await fetched(wasmUrl);
  const data = await fetched(url + response);

  const times = [performance.now()];
  const lap = () => times.push(performance.now());
  const module = await WebAssembly.compile(bytes);
  lap();
  const loaded = await loadEngine(module);
  lap();
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const session = loaded.engine.createSession();
  session.load({ responses: [data] });
  lap();
  const report = session.report();
  lap();
  if (report.verdict.id === undefined) throw new Error('the first report has no verdict');
  const [compile, instantiate, load, firstReport] = times
    .slice(1)
    .map((time, index) => time - times[index]);
  return {
    facts: { compile, instantiate, load, report: firstReport, all: times.at(-1) - times[0] },
  };
}
