// Inside a fresh page: how large the module's memory grows, which never shrinks, so that its size
// is its peak.

/** Loads the response as it is, or as a host's columns; makes two reports and a heat map. */
export async function prepare(url, { response, asColumns }) {
  const [{ loadEngine }, { wasmUrl }] = await Promise.all([
    import(`${url}engine/dist/index.js`),
    import(`${url}engine/dist/wasm.js`),
  ]);
  const bytes = new Uint8Array(await (await fetch(url + response)).arrayBuffer());
  const { data } = JSON.parse(new TextDecoder().decode(bytes));
  const times = new Set(data.result.flatMap(({ values }) => values.map(([time]) => time)));
  const loaded = await loadEngine(wasmUrl);
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const { engine } = loaded;
  const empty = engine.memoryBytes;
  const session = engine.createSession();
  session.load(asColumns ? { batch: toBatch(data.result) } : { responses: [bytes] });
  const loadedBytes = engine.memoryBytes;
  session.report();
  session.configure({
    window: { start: [...times].at(-60) * 1000, end: [...times].at(-1) * 1000 },
  });
  const { scope } = session.report();
  session.heatMap(scope, { signal: 'ttft', columns: 180, quantile: 0.95 });
  return {
    facts: {
      columns: data.result.length * times.size * Float64Array.BYTES_PER_ELEMENT,
      input: bytes.length,
      empty,
      loaded: loadedBytes,
      peak: engine.memoryBytes,
    },
  };
}

/** What a host's data frames come to: one list of times, one column for each series. */
function toBatch(result) {
  const length = result[0].values.length;
  const times = Float64Array.from(result[0].values, ([time]) => time * 1000);
  const values = new Float64Array(length * result.length);
  const series = result.map(({ metric, values: samples }, number) => {
    samples.forEach(([, value], index) => (values[number * length + index] = Number(value)));
    return { labels: metric, grid: 0, offset: number * length, length };
  });
  return { times, values, series, native: [], notices: [], not_finite: 0 };
}
