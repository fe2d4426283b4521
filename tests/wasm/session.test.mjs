// The public class over the real module, in Node: what it answers, what it refuses, what it gives back.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { incidentResponses, splitResponses, toBatch } from './support/inputs.mjs';
import { importEngine, wasmBytes } from './support/package.mjs';

const onset = incidentResponses('seed000-onset');
let engine;
before(async () => {
  const { loadEngine } = await importEngine();
  const loaded = await loadEngine(wasmBytes());
  assert.equal(loaded.state, 'ready', loaded.reason);
  engine = loaded.engine;
});

const code = (expected) => (error) => error.name === 'EngineError' && error.code === expected;

function withSession(work) {
  const session = engine.createSession();
  try {
    return work(session);
  } finally {
    session.free();
  }
}

function reportText(session) {
  return new TextDecoder().decode(session.reportBytes());
}

const json = (value) => new TextEncoder().encode(JSON.stringify(value));
const response = (result) => json({ status: 'success', data: { resultType: 'matrix', result } });

test('errors carry the code of their cause', () => {
  withSession((session) => {
    assert.throws(() => session.report(), code('nothing-loaded'));
    assert.throws(() => session.configure({ slo: { quantile: 2 } }), code('bad-settings'));
    assert.throws(() => session.configure({ colour: 'red' }), code('bad-settings'));
    const foreign = response([{ metric: { __name__: 'up' }, values: [[1780000000, '1']] }]);
    for (const [input, expected] of [
      [{ responses: [json('text')] }, 'bad-data'],
      [{ responses: [onset[0].subarray(0, 1000)] }, 'bad-data'],
      [{ responses: [json({ status: 'error', errorType: 'bad_data', error: 'parse error' })] }, 'bad-data'],
      [{ responses: [foreign] }, 'no-engine'],
    ]) {
      const attempt = () => {
        session.load(input);
        session.report();
      };
      assert.throws(attempt, code(expected), `${expected} for ${JSON.stringify(input).slice(0, 60)}`);
    }
  });
});

test('a refused input leaves the data as they were', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const before = reportText(session);
    assert.throws(() => session.load({ responses: [json('text')] }), code('bad-data'));
    assert.equal(reportText(session), before);
    assert.throws(() => session.append({ responses: [json('text')] }), code('bad-data'));
    assert.equal(reportText(session), before);
    assert.throws(() => session.configure({ quantiles: [2] }), code('bad-settings'));
    assert.equal(reportText(session), before);
  });
});

test('report() is the parsed bytes, and its columns can be had', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const report = session.report();
    assert.deepEqual(report, JSON.parse(reportText(session)));
    assert.equal(report.verdict.id, 'slot-cap');
    const times = session.column('times');
    assert.ok(times instanceof Float64Array);
    assert.equal(times[0], report.range.start);
    assert.equal(times.at(-1), report.range.end);
    assert.ok(report.columns.length > 1);
    for (const { id } of report.columns) assert.equal(session.column(id).length, times.length, id);
    assert.equal(session.column('no such column'), undefined);
  });
});

test('a column is a copy', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const running = session.column('running');
    const before = [...running];
    running.fill(-1);
    assert.deepEqual([...session.column('running')], before);
  });
});

test('responses and a batch of the same series give the same report', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const expected = reportText(session);
    session.load({ batch: toBatch(onset) });
    assert.equal(reportText(session), expected);
  });
});

test('a tail appended to the head gives the report of the whole', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const expected = reportText(session);
    const [head, tail] = splitResponses(onset, 1780003000);
    session.load({ responses: head });
    assert.notEqual(reportText(session), expected);
    session.append({ responses: tail });
    assert.equal(reportText(session), expected);
    session.load({ batch: toBatch(head) });
    session.append({ batch: toBatch(tail) });
    assert.equal(reportText(session), expected);
  });
});

test('settings change the report, and leaving them out restores the defaults', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const expected = reportText(session);
    session.configure({ quantiles: [0.25], slo: { targets: { ttft: 0.125 } } });
    const changed = session.report();
    assert.deepEqual(
      changed.signals.ttft.quantiles.map(({ q }) => q),
      [0.25],
    );
    assert.equal(changed.signals.ttft.attainment.target, 0.125);
    session.configure({});
    assert.equal(reportText(session), expected);
  });
});

test('sessions do not see each other', () => {
  withSession((one) =>
    withSession((other) => {
      one.load({ responses: onset });
      other.load({ responses: incidentResponses('seed000-after') });
      assert.equal(one.report().verdict.id, 'slot-cap');
      assert.equal(other.report().verdict.id, 'healthy');
    }),
  );
});

test('after free every call says so', () => {
  const session = engine.createSession();
  session.load({ responses: onset });
  session.free();
  session.free();
  assert.throws(() => session.report(), code('freed'));
  assert.throws(() => session.load({ responses: onset }), code('freed'));
});

test('memory is flat over 200 sessions', () => {
  const use = () =>
    withSession((session) => {
      session.load({ responses: onset });
      session.configure({ quantiles: [0.5] });
      session.column('times');
      return session.reportBytes().length;
    });
  const growing = [];
  for (let round = 0; round < 10; round += 1) use();
  const settled = engine.memoryBytes;
  for (let round = 0; round < 190; round += 1) {
    use();
    if (engine.memoryBytes !== settled) growing.push(round);
  }
  assert.deepEqual(growing, [], 'rounds after which the memory was not what it was');
});

test('memory is flat over 200 refreshes of one session', () => {
  withSession((session) => {
    const [head, tail] = splitResponses(onset, 1780003000);
    const refresh = () => {
      session.load({ responses: head });
      session.append({ responses: tail });
      session.report();
    };
    for (let round = 0; round < 10; round += 1) refresh();
    const settled = engine.memoryBytes;
    for (let round = 0; round < 190; round += 1) refresh();
    assert.equal(engine.memoryBytes, settled);
  });
});

test('memory is flat over 200 errors', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const broken = { responses: [onset[0].subarray(0, onset[0].length - 1000)] };
    const fail = () => assert.throws(() => session.load(broken), code('bad-data'));
    for (let round = 0; round < 10; round += 1) fail();
    const settled = engine.memoryBytes;
    for (let round = 0; round < 190; round += 1) fail();
    assert.equal(engine.memoryBytes, settled);
  });
});

test('package, module and crates are of one release', async () => {
  const { default: manifest } = await import('../../frontend/engine/package.json', { with: { type: 'json' } });
  assert.equal(engine.version, manifest.version);
});
