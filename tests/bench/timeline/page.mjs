// Inside the page: the steps of a day, by the call that is made for them and by a report each.

/** Steps a call, about what a frame has time for. */
const most = 8;

/** Loads the response; both contestants use one session. */
export async function prepare(url, { response }) {
  const [{ loadEngine }, { wasmUrl }] = await Promise.all([
    import(`${url}engine/dist/index.js`),
    import(`${url}engine/dist/wasm.js`),
  ]);
  const bytes = new Uint8Array(await (await fetch(url + response)).arrayBuffer());
  const loaded = await loadEngine(wasmUrl);
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const session = loaded.engine.createSession();
  session.load({ responses: [bytes] });

  function ours() {
    session.configure({});
    const steps = [];
    for (let all = 1; steps.length < all;) {
      const part = session.timeline(0, steps.length, most);
      all = part.all;
      steps.push(...part.steps);
    }
    return steps;
  }
  const windows = ours().map(({ start, end, verdict }) => ({ start, end, from: verdict?.from }));
  const contestants = {
    ours,
    reports: () =>
      windows.map(({ start, end, from }) => {
        if (from === undefined) return { start, end };
        session.configure({ window: { start: from, end } });
        const { id, severity } = session.report(0).verdict;
        return { start, end, verdict: { from, id, severity } };
      }),
  };
  return {
    both: () => [contestants.ours(), contestants.reports()],
    time(name) {
      const began = performance.now();
      // Where the page can see it, so that no compiler may leave the work out.
      globalThis.lastAnswer = contestants[name]();
      return performance.now() - began;
    },
  };
}
