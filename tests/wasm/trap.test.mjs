// A trap in one of several live sessions, in Node and in Chromium, with a real module that traps on
// request.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser, startServer } from './support/browser.mjs';
import { incidentIds, incidentResponses, splitResponses, withTwin } from './support/inputs.mjs';
import {
  buildForcedTrapPackage,
  forcedTrapFunctions,
  forcedTrapPackage,
  importEngine,
  wasmBytes,
} from './support/package.mjs';

/** Runs where the engine does, so it uses nothing from outside itself. */
async function trapAmongSessions({ loadEngine, source, inputs, split, twins }) {
  const text = (session) => new TextDecoder().decode(session.reportBytes());
  const query = { signal: 'ttft', columns: 20, quantile: 0.95 };
  // Asked first after a trap: nothing that an earlier call left behind may be needed.
  const parts = (session) =>
    JSON.stringify(
      [0, 1].map((scope) => [[...session.column(scope, 'running')], session.heatMap(scope, query)]),
    );
  const loaded = await loadEngine(source);
  if (loaded.state !== 'ready') throw new Error(loaded.reason);
  const sessions = inputs.map((responses) => {
    const session = loaded.engine.createSession();
    session.load({ responses });
    return session;
  });
  const appended = loaded.engine.createSession();
  appended.load({ responses: split[0] });
  appended.append({ responses: split[1] });
  appended.configure({ quantiles: [0.25] });
  sessions.push(appended);
  const two = loaded.engine.createSession();
  two.load({ responses: twins });

  const before = sessions.map(text);
  const partsBefore = parts(two);
  const traps = [];
  for (const id of ['forced-trap.panic', 'forced-trap.abort', 'forced-trap.panic']) {
    try {
      sessions[1].column(0, id);
    } catch ({ name, code, message }) {
      traps.push({ name, code, message });
    }
    if (parts(two) !== partsBefore) throw new Error(`a scope answers otherwise after ${id}`);
    // The first session is freed while its handle is dead, the others answer again, and a new one
    // takes its place.
    sessions[0].free();
    sessions[0] = loaded.engine.createSession();
    sessions[0].load({ responses: inputs[0] });
    const after = sessions.map(text);
    if (after.join() !== before.join()) throw new Error(`a session answers otherwise after ${id}`);
  }
  const columns = sessions.map((session) => session.column(0, 'times').length);
  two.free();
  sessions.forEach((session) => session.free());
  return { sessions: sessions.length, traps, columns, memoryBytes: loaded.engine.memoryBytes };
}

function check({ sessions, traps, columns }) {
  assert.equal(sessions, incidentIds().length + 1);
  assert.ok(columns.every((length) => length > 0));
  assert.equal(traps.length, 3);
  const names = forcedTrapFunctions();
  const sentence =
    /^the engine stopped on a bug \(unreachable in wasm-function\[(\d+)\]\); the next call starts it afresh/;
  for (const { name, code, message } of traps) {
    assert.deepEqual([name, code], ['EngineError', 'trap']);
    const [, number] = sentence.exec(message) ?? assert.fail(message);
    assert.match(
      names.get(number),
      /session::Session::column/,
      'the list of the build names the function',
    );
  }
}

const inputs = incidentIds().map(incidentResponses);
const split = splitResponses(incidentResponses('seed000-onset'), 1780003000);
const twins = withTwin(incidentResponses('seed000-onset'));

let browser;
before(async () => {
  await buildForcedTrapPackage();
  browser = await openBrowser();
});
after(() => browser.close());

test('in Node every live session answers as before', async () => {
  const { loadEngine } = await importEngine(forcedTrapPackage);
  check(
    await trapAmongSessions({
      loadEngine,
      source: wasmBytes(forcedTrapPackage),
      inputs,
      split,
      twins,
    }),
  );
});

test('in Chromium every live session answers as before', async () => {
  const list = [...inputs, ...split, twins];
  const answers = Object.fromEntries(
    list.map((responses, index) => [`/input-${index}`, { body: responsesJson(responses) }]),
  );
  const server = await startServer({ mounts: { '/engine/': forcedTrapPackage }, answers });
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    const found = await page.evaluate(
      async ([body, count]) => {
        const { loadEngine } = await import('/engine/dist/index.js');
        const fetchInput = async (_, index) => {
          const responses = await (await fetch(`/input-${index}`)).json();
          return responses.map((text) => new TextEncoder().encode(text));
        };
        const inputs = await Promise.all(Array.from({ length: count }, fetchInput));
        const split = [await fetchInput(0, count), await fetchInput(0, count + 1)];
        const twins = await fetchInput(0, count + 2);
        const run = new Function(`return (${body})`)();
        const source = '/engine/wasm/inference_triage.wasm';
        return run({ loadEngine, source, inputs, split, twins });
      },
      [trapAmongSessions.toString(), inputs.length],
    );
    check(found);
  } finally {
    await page.close();
    await server.stop();
  }
});

function responsesJson(responses) {
  return JSON.stringify(responses.map((bytes) => new TextDecoder().decode(bytes)));
}
