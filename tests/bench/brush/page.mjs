// Inside the page: a window moves over a day, and each contestant answers every position.

import { loadEngine } from '../engine/dist/index.js';
import { wasmUrl } from '../engine/dist/wasm.js';
import { prepareRival } from './rival.mjs';

/** The rival is so quick that one sweep comes near the clock's resolution of 0.1 ms. */
const rivalSweeps = 20;

/** Loads the response into both contestants. Returns the functions that the benchmark calls. */
export async function prepare(address, { windows, baseline }) {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
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
  const sweeps = {
    ours: () => perMove(windows, (window) => move({ window, baseline: given })),
    ownBaseline: () => perMove(windows, (window) => move({ window })),
    configureOnly: () => perMove(windows, (window) => session.configure({ window, baseline: given })),
    withoutParsing: () =>
      perMove(windows, (window) => {
        session.configure({ window, baseline: given });
        return session.reportBytes();
      }),
    rival: () => perMove(windows, (window) => answer(window, baseline), rivalSweeps),
  };
  return {
    /** Both answers for one position. */
    both: (window) => ({ report: move({ window, baseline: given }), sums: answer(window, baseline) }),
    /** Milliseconds per move of one sweep. */
    sweep: (contestant) => sweeps[contestant](),
  };
}

/** Results go where the page can see them, so that no compiler may leave the work out. */
function perMove(windows, answer, sweeps = 1) {
  const began = performance.now();
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const window of windows) globalThis.lastAnswer = answer(window);
  }
  return (performance.now() - began) / (sweeps * windows.length);
}
