// Sessions over a scripted module: what is kept, what is rebuilt, what is given up.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Instance } from '../dist/instance.js';
import { keptBytesLimit, Session } from '../dist/session.js';
import { bytes, coded, FakeGlue } from './fake-glue.mjs';

let glue;
let instance;
beforeEach(async () => {
  glue = new FakeGlue();
  instance = await Instance.start(glue, undefined);
});
afterEach(() => assert.deepEqual(glue.deadCalls, []));

const trap = (extra = {}) => ({
  error: new WebAssembly.RuntimeError('unreachable'),
  once: true,
  ...extra,
});
const hasCode =
  (code, text = '') =>
  (error) => {
    assert.equal(error.name, 'EngineError');
    assert.equal(error.code, code);
    assert.ok(error.message.includes(text), error.message);
    return true;
  };

function loaded(text) {
  const session = new Session(instance);
  session.load({ responses: [bytes(text)] });
  return session;
}

test('an error of the module keeps its code and replaces nothing', () => {
  const session = loaded('a');
  glue.traps.set('append b', { error: coded('bad-data', 'b is not a response') });
  assert.throws(
    () => session.append({ responses: [bytes('b')] }),
    hasCode('bad-data', 'b is not a response'),
  );
  assert.equal(glue.generation, 0);
  assert.equal(session.keptBytes, 1);
});

test('a trap names the function of the module as every browser writes it, and replaces the instance', () => {
  const session = loaded('a');
  const frames = [
    '    at wasm://wasm/009bd1d2:wasm-function[217]:0x1c2d\n    at wasm://wasm/009bd1d2:wasm-function[40]:0x8d',
    'http://host/a.wasm:wasm-function[217]:0x1c2d\nreport@http://host/a.js:1:2',
    '<?>.wasm-function[217]@[wasm code]\n<?>.wasm-function[40]@[wasm code]',
  ];
  for (const [index, stack] of frames.entries()) {
    const error = Object.assign(new WebAssembly.RuntimeError('unreachable'), { stack });
    glue.traps.set('report', { error, once: true });
    assert.throws(() => session.report(), hasCode('trap', '(unreachable in wasm-function[217]);'));
    assert.equal(glue.generation, index + 1);
    assert.deepEqual(session.report().data, ['a']);
  }
});

test('a trap outside the module names the error of the browser', () => {
  const session = loaded('a');
  glue.traps.set('report', trap());
  assert.throws(() => session.report(), hasCode('trap', '(unreachable);'));
  glue.traps.set('report', {
    error: new RangeError('Maximum call stack size exceeded'),
    once: true,
  });
  assert.throws(() => session.report(), hasCode('trap', 'Maximum call stack'));
});

test('every live session is rebuilt from its inputs in order and its settings', () => {
  const first = loaded('a');
  first.append({ responses: [bytes('b'), bytes('c')] });
  first.configure({ quantiles: [0.5] });
  const second = loaded('d');
  const third = new Session(instance);
  glue.traps.set('report', trap());
  assert.throws(() => second.report(), hasCode('trap'));
  assert.deepEqual(first.report(), { data: ['a', 'b+c'], settings: '{"quantiles":[0.5]}' });
  assert.deepEqual(second.report(), { data: ['d'], settings: null });
  assert.deepEqual(third.report(), { data: [], settings: null });
  assert.equal(glue.open, 3);
});

test('a rebuild configures before it loads, and repeats no reading', () => {
  const session = loaded('a');
  session.configure({ prefix: 'x_' });
  session.report();
  glue.traps.set('column 0 times', trap());
  assert.throws(() => session.column(0, 'times'), hasCode('trap'));
  session.column(0, 'times');
  const calls = glue.calls.filter((call) => call.startsWith('1:'));
  assert.deepEqual(calls, ['1:configure {"prefix":"x_"}', '1:load a', '1:column 0 times']);
});

test('a report that traps is not repeated by the rebuild', () => {
  const session = loaded('a');
  session.report();
  session.configure({ quantiles: [0.5] });
  glue.traps.set('report', { error: new WebAssembly.RuntimeError('unreachable') });
  assert.throws(() => session.report(), hasCode('trap'));
  assert.throws(() => session.report(), hasCode('trap', '(unreachable);'));
  glue.traps.clear();
  assert.deepEqual(session.report().data, ['a']);
});

test('an input that traps is not kept, so the session answers as before it', () => {
  const session = loaded('a');
  glue.traps.set('load poison', trap());
  assert.throws(() => session.load({ responses: [bytes('poison')] }), hasCode('trap'));
  assert.deepEqual(session.report().data, ['a']);
  glue.traps.set('append poison', trap());
  assert.throws(() => session.append({ responses: [bytes('poison')] }), hasCode('trap'));
  assert.deepEqual(session.report().data, ['a']);
});

test('data that trap while they are rebuilt are given up, and nobody else suffers', () => {
  const poisoned = loaded('a');
  const healthy = loaded('b');
  glue.traps.set('report', trap());
  assert.throws(() => healthy.report(), hasCode('trap'));
  glue.traps.set('load a', { error: new WebAssembly.RuntimeError('unreachable') });
  assert.throws(() => poisoned.report(), hasCode('trap', 'could not be rebuilt'));
  assert.deepEqual(healthy.report().data, ['b']);
  assert.deepEqual(poisoned.report().data, []);
  assert.equal(poisoned.keptBytes, 0);
  glue.traps.clear();
  poisoned.load({ responses: [bytes('a')] });
  assert.deepEqual(poisoned.report().data, ['a']);
});

test('data that are refused while they are rebuilt are given up too', () => {
  const session = loaded('a');
  session.append({ responses: [bytes('b')] });
  glue.traps.set('report', trap());
  assert.throws(() => session.report(), hasCode('trap'));
  glue.traps.set('append b', { error: coded('bad-data', 'refused'), once: true });
  assert.throws(() => session.report(), hasCode('trap', 'could not be rebuilt'));
  assert.deepEqual(session.report().data, [], 'not half of the data');
});

test('a history is kept apart from the data and rebuilt behind them', () => {
  const session = loaded('a');
  session.loadHistory({ responses: [bytes('yesterday')] });
  assert.equal(session.keptBytes, 10);
  session.historyColumn(0, 'times');
  glue.traps.set('report', trap());
  assert.throws(() => session.report(), hasCode('trap'));
  assert.deepEqual(session.report(), { data: ['a'], settings: null, history: 'yesterday' });
  const calls = glue.calls.filter((call) => call.startsWith('1:'));
  assert.deepEqual(calls, ['1:load a', '1:load history yesterday', '1:report']);
  session.load({ responses: [bytes('b')] });
  assert.equal(session.report().history, 'yesterday', 'new data keep it');
  session.loadHistory({ responses: [bytes('older')] });
  assert.equal(session.report().history, 'older');
  session.clearHistory();
  assert.equal(session.keptBytes, 1);
  glue.traps.set('report', trap());
  assert.throws(() => session.report(), hasCode('trap'));
  assert.deepEqual(session.report(), { data: ['b'], settings: null });
});

test('a history that is refused or traps replaces nothing', () => {
  const session = loaded('a');
  session.loadHistory({ responses: [bytes('old')] });
  glue.traps.set('load history bad', { error: coded('bad-data', 'no response'), once: true });
  assert.throws(
    () => session.loadHistory({ responses: [bytes('bad')] }),
    hasCode('bad-data', 'no response'),
  );
  assert.equal(session.report().history, 'old');
  glue.traps.set('load history bad', trap());
  assert.throws(() => session.loadHistory({ responses: [bytes('bad')] }), hasCode('trap'));
  assert.equal(session.report().history, 'old');
});

test('when no fresh instance can be had, every call says to reload the page', () => {
  const session = loaded('a');
  const other = loaded('b');
  glue.traps.set('report', trap());
  glue.resetFails = true;
  assert.throws(() => session.report(), hasCode('trap', 'reload the page'));
  assert.throws(() => other.report(), hasCode('trap', 'reload the page'));
  other.free();
  assert.throws(() => other.report(), hasCode('freed'));
});

test('each scope is asked for by its id, and no call depends on the one before', () => {
  const session = loaded('a');
  session.column(1, 'running');
  session.diagnosis(1);
  session.report(2);
  session.summary();
  session.column(0, 'running');
  const asked = glue.calls.map((call) => call.slice(2)).filter((call) => !call.startsWith('load'));
  assert.deepEqual(asked, [
    'column 1 running',
    'diagnosis 1',
    'report 2',
    'summary',
    'column 0 running',
  ]);
});

test('after free every call says so, and freeing again does nothing', () => {
  const session = loaded('a');
  session.free();
  session.free();
  assert.equal(glue.open, 0);
  assert.equal(session.keptBytes, 0);
  for (const call of [
    () => session.load({ responses: [] }),
    () => session.append({ responses: [] }),
    () => session.configure({}),
    () => session.summary(),
    () => session.diagnosis(0),
    () => session.report(),
    () => session.reportBytes(),
    () => session.column(0, 'times'),
    () => session.loadHistory({ responses: [] }),
    () => session.clearHistory(),
    () => session.historyColumn(0, 'times'),
    () => session.heatMap(0, { signal: 'ttft', columns: 10, quantile: 0.95 }),
  ]) {
    assert.throws(call, hasCode('freed', 'create a new one'));
  }
});

test('a session from before a trap is freed without touching its dead handle', () => {
  const session = loaded('a');
  const other = loaded('b');
  glue.traps.set('report', trap());
  assert.throws(() => other.report(), hasCode('trap'));
  session.free();
  assert.deepEqual(other.report().data, ['b']);
  assert.ok(!glue.calls.includes('1:free'));
});

test('a trap while freeing stays inside', () => {
  const session = loaded('a');
  const other = loaded('b');
  glue.traps.set('free', trap());
  session.free();
  assert.deepEqual(other.report().data, ['b']);
});

test('an idle instance with much memory is replaced, one in use is not', () => {
  const session = loaded('a');
  const other = loaded('b');
  glue.memory = 1024 ** 3;
  session.free();
  assert.equal(glue.generation, 0);
  other.free();
  assert.equal(glue.generation, 1);
  assert.deepEqual(loaded('c').report().data, ['c']);
});

test('an idle instance with little memory stays', () => {
  loaded('a').free();
  assert.equal(glue.generation, 0);
});

test('a forgotten session is freed by the collector', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  (() => loaded('a'))();
  for (let round = 0; round < 50 && glue.open > 0; round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(glue.open, 0);
});

test('the caller may empty its arrays at once', () => {
  const session = new Session(instance);
  const response = bytes('a');
  session.load({ responses: [response] });
  response.fill(0);
  const times = Float64Array.of(1, 2);
  const values = Float64Array.of(3, NaN);
  const other = new Session(instance);
  other.load({
    batch: { times, values, series: [{ labels: {}, grid: 0, offset: 0, length: 2 }], notices: [] },
  });
  times.fill(0);
  values.fill(0);
  glue.traps.set('report', trap());
  assert.throws(() => session.report(), hasCode('trap'));
  assert.deepEqual(session.report().data, ['a']);
  other.column(0, 'x');
  const description = '{"series":[{"labels":{},"grid":0,"offset":0,"length":2}],"notices":[]}';
  assert.ok(glue.calls.includes(`1:load batch 1 2 3 NaN ${description}`));
});

test('input of the wrong shape is refused before it reaches the module', () => {
  const session = new Session(instance);
  const batch = {
    times: new Float64Array(0),
    values: new Float64Array(0),
    series: [],
    notices: [],
  };
  for (const input of [
    {},
    { responses: ['{}'] },
    { responses: [new Float64Array(1)] },
    { batch: { ...batch, values: [1, null] } },
    { batch: { ...batch, times: undefined } },
  ]) {
    assert.throws(() => session.load(input), hasCode('bad-data'));
  }
  assert.deepEqual(glue.calls, []);
});

test('the cap holds over load and appends, and names the cure', () => {
  const half = { responses: [new Uint8Array(keptBytesLimit / 2)] };
  const session = new Session(instance);
  session.load(half);
  session.append(half);
  assert.equal(session.keptBytes, keptBytesLimit);
  const one = { responses: [new Uint8Array(1)] };
  assert.throws(() => session.append(one), hasCode('kept-too-large', 'at most 128 MiB'));
  assert.throws(() => session.loadHistory(one), hasCode('kept-too-large'));
  session.load(one);
  session.loadHistory(half);
  assert.equal(session.keptBytes, keptBytesLimit / 2 + 1);
  assert.throws(() => session.append(half), hasCode('kept-too-large'));
  session.clearHistory();
  assert.equal(session.keptBytes, 1);
  assert.throws(
    () => session.load({ responses: [new Uint8Array(keptBytesLimit + 1)] }),
    hasCode('kept-too-large'),
  );
  assert.equal(session.keptBytes, 1);
});
