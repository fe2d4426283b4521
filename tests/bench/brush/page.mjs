// Inside the page: a window moves over a fleet's range, and each contestant answers every position.

import { prepareRival } from './rival.mjs';

/** The rival is so quick that one sweep comes near the clock's resolution of 0.1 ms. */
const shortest = 5;

/** Loads the response into both contestants. */
export async function prepare(url, { response, windows, baseline }) {
  const [{ loadEngine }, { wasmUrl }] = await Promise.all([
    import(`${url}engine/dist/index.js`),
    import(`${url}engine/dist/wasm.js`),
  ]);
  const bytes = new Uint8Array(await (await fetch(url + response)).arrayBuffer());
  const loaded = await loadEngine(wasmUrl);
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const session = loaded.engine.createSession();
  session.load({ responses: [bytes] });
  const answer = prepareRival(JSON.parse(new TextDecoder().decode(bytes)));

  const given = { mode: 'range', ...baseline };
  const move = (settings) => {
    session.configure(settings);
    return session.report();
  };
  const contestants = {
    ours: (window) => move({ window, baseline: given }),
    ownBaseline: (window) => move({ window }),
    withoutParsing: (window) => {
      session.configure({ window, baseline: given });
      return session.reportBytes();
    },
    rival: (window) => answer(window, baseline),
  };
  return {
    /** Both answers at several positions. */
    both() {
      const places = [0, 0.2, 0.5, 0.8, 0.9, 0.95, 1].map((share) =>
        Math.round(share * (windows.length - 1)),
      );
      return places.map((place) => ({
        report: contestants.ours(windows[place]),
        sums: contestants.rival(windows[place]),
        baseline,
      }));
    },
    /** Milliseconds per move of one sweep, repeated where the clock could not tell. */
    time(name) {
      const began = performance.now();
      let moves = 0;
      do {
        // Results go where the page can see them, so that no compiler may leave the work out.
        for (const window of windows) globalThis.lastAnswer = contestants[name](window);
        moves += windows.length;
      } while (performance.now() - began < shortest);
      return (performance.now() - began) / moves;
    },
  };
}
