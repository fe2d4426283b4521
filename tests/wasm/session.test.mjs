// The public class over the real module, in Node: what it answers, what it refuses, what it gives
// back.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { incidentResponses, splitResponses, toBatch, withTwin } from './support/inputs.mjs';
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
      [
        { responses: [json({ status: 'error', errorType: 'bad_data', error: 'parse error' })] },
        'bad-data',
      ],
      [{ responses: [foreign] }, 'no-engine'],
    ]) {
      const attempt = () => {
        session.load(input);
        session.report();
      };
      assert.throws(
        attempt,
        code(expected),
        `${expected} for ${JSON.stringify(input).slice(0, 60)}`,
      );
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
    assert.equal(report.schema, 2);
    const times = session.column(report.scope, 'times');
    assert.ok(times instanceof Float64Array);
    assert.equal(times[0], report.range.start);
    assert.equal(times.at(-1), report.range.end);
    assert.ok(report.columns.length > 1);
    for (const { id } of report.columns)
      assert.equal(session.column(report.scope, id).length, times.length, id);
    assert.equal(session.column(report.scope, 'no such column'), undefined);
  });
});

test('a column is a copy', () => {
  withSession((session) => {
    session.load({ responses: onset });
    const running = session.column(0, 'running');
    const before = [...running];
    running.fill(-1);
    assert.deepEqual([...session.column(0, 'running')], before);
  });
});

test('two scopes have columns and heat maps of their own before any report was read', () => {
  const query = { signal: 'ttft', columns: 20, quantile: 0.95 };
  const total = ({ counts }) => counts.reduce((sum, count) => sum + (count || 0), 0);
  withSession((session) => {
    session.load({ responses: withTwin(onset) });
    const [first, second] = [0, 1].map((scope) => session.column(scope, 'running'));
    const maps = [0, 1].map((scope) => session.heatMap(scope, query));
    const running = [first, second].map((column) => column.find((value) => value > 0));
    assert.equal(Math.max(...running), 2 * Math.min(...running));
    assert.equal(Math.max(...maps.map(total)), 2 * Math.min(...maps.map(total)));
    // Reading a diagnosis of one scope changes nothing for the other.
    const diagnoses = [0, 1].map((scope) => session.diagnosis(scope));
    session.report(1);
    assert.deepEqual(session.column(0, 'running'), first);
    assert.deepEqual(session.column(1, 'running'), second);
    assert.deepEqual(
      [0, 1].map((scope) => session.heatMap(scope, query)),
      maps,
    );
    assert.deepEqual(
      [0, 1].map((scope) => session.diagnosis(scope)),
      diagnoses,
    );
    assert.deepEqual(
      diagnoses.map(({ scope }) => scope),
      [0, 1],
    );
  });
});

test('the summary names the scopes that can be asked for, and the chosen one', () => {
  withSession((session) => {
    session.load({ responses: withTwin(onset) });
    const summary = session.summary();
    assert.deepEqual(summary.scopes.map(({ id }) => id).sort(), [0, 1]);
    const { scopes, ...diagnosis } = session.report();
    assert.deepEqual(scopes, summary.scopes);
    assert.equal(diagnosis.scope, summary.scope);
    assert.deepEqual(diagnosis, session.diagnosis(summary.scope));
    session.configure({ scope: { model: 'twin' } });
    const twin = session.summary();
    assert.equal(twin.scopes.find(({ id }) => id === twin.scope).model, 'twin');
    // Ids stay, whatever the settings.
    assert.deepEqual(
      twin.scopes.map(({ id, model }) => [id, model]),
      summary.scopes.map(({ id, model }) => [id, model]),
    );
  });
});

test('a scope that is not there is refused in one sentence and has no columns', () => {
  withSession((session) => {
    assert.throws(() => session.summary(), code('nothing-loaded'));
    session.load({ responses: onset });
    const refused = (error) =>
      code('bad-settings')(error) && error.message.includes('there is no scope 7; the data hold 1');
    assert.throws(() => session.diagnosis(7), refused);
    assert.throws(() => session.report(7), refused);
    assert.equal(session.column(7, 'times'), undefined);
    assert.equal(session.heatMap(7, { signal: 'ttft', columns: 20, quantile: 0.95 }), undefined);
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

test('a tail moves the range on: the report is that of the range the tail ends', () => {
  const end = 1780003600;
  const minutes = 60;
  const shift = 10 * minutes;
  const head = splitResponses(onset, end - shift + 1)[0];
  // Tails overlap what is there, because the newest samples may not have been complete.
  const tail = splitResponses(onset, end - shift - 5 * minutes)[1];
  const start = 1780000015;
  const whole = splitResponses(onset, start + shift)[1];
  withSession((session) => {
    session.load({ responses: whole });
    const expected = reportText(session);
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
    // The quantile that the objective judges is always among them.
    assert.deepEqual(
      changed.signals.ttft.quantiles.map(({ q }) => q),
      [0.25, 0.95],
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

/**
 * The allocator grows in steps while it settles, so "flat" is: 190 rounds after the first ten add
 * less than a single input's worth. Each round handles a whole input, so whatever is forgotten in
 * one shows 190 times.
 */
function assertFlat(round) {
  for (let index = 0; index < 10; index += 1) round();
  const settled = engine.memoryBytes;
  for (let index = 0; index < 190; index += 1) round();
  const growth = engine.memoryBytes - settled;
  assert.ok(growth < onset[0].length, `the memory grew by ${growth} bytes`);
}

test('memory is flat over 200 sessions', () => {
  const use = () =>
    withSession((session) => {
      session.load({ responses: onset });
      session.configure({ quantiles: [0.5] });
      session.column(0, 'times');
      session.reportBytes();
    });
  // With a session open all the time, the instance is never idle and never replaced by a small one.
  withSession(() => assertFlat(use));
});

test('memory is flat over 200 refreshes of one session', () => {
  const [head, tail] = splitResponses(onset, 1780003000);
  withSession((session) =>
    assertFlat(() => {
      session.load({ responses: head });
      session.append({ responses: tail });
      session.reportBytes();
    }),
  );
});

test('memory is flat over 200 errors', () => {
  const broken = { responses: [onset[0].subarray(0, onset[0].length - 1000)] };
  withSession((session) => {
    session.load({ responses: onset });
    assertFlat(() => assert.throws(() => session.load(broken), code('bad-data')));
  });
});

test('the shipped module does not trap on request', () => {
  withSession((session) => {
    session.load({ responses: onset });
    for (const id of ['forced-trap.panic', 'forced-trap.abort'])
      assert.equal(session.column(0, id), undefined);
  });
});

test('package, module and crates are of one release', async () => {
  const { default: manifest } = await import('../../frontend/engine/package.json', {
    with: { type: 'json' },
  });
  assert.equal(engine.version, manifest.version);
});

test('a history gives the baseline that the data do not reach, and is kept through new data', () => {
  withSession((session) => {
    const times = [...toBatch(onset).times];
    const earlier = Math.min(...times);
    const day = 86_400_000;
    const yesterday = () => {
      const batch = toBatch(onset);
      return { batch: { ...batch, times: batch.times.map((time) => time - day) } };
    };
    session.configure({ baseline: { mode: 'offset', offset: day } });
    session.load({ responses: onset });
    const before = session.report();
    assert.equal(before.history, undefined);
    assert.equal(before.baseline.source, 'none');
    session.loadHistory(yesterday());
    const report = session.report();
    assert.equal(report.history.range.start, earlier - day);
    assert.equal(report.baseline.end, report.window.end - day);
    assert.equal(report.baseline.finished_requests, report.window.finished_requests);
    assert.deepEqual(report.range, before.range);
    const rows = session.historyColumn(report.scope, 'times');
    assert.equal(rows[0], earlier - day);
    assert.equal(session.historyColumn(report.scope, 'running').length, rows.length);
    session.load({ responses: onset });
    assert.deepEqual(session.report(), report);
    session.clearHistory();
    assert.deepEqual(session.report(), before);
  });
});

test('the engine says which history a range needs', () => {
  const hour = { start: 1_780_000_200_000 - 3_600_000, end: 1_780_000_200_000, step: 15_000 };
  assert.equal(engine.historyRange({}, hour), undefined);
  const settings = { baseline: { mode: 'offset', offset: 86_400_000 } };
  assert.deepEqual(engine.historyRange(settings, hour, { ahead: 3_600_000 }), {
    start: hour.start - 86_400_000,
    end: hour.end - 86_400_000 + 3_600_000,
    step: 60_000,
  });
  assert.throws(() => engine.historyRange({ colour: 'red' }, hour), code('bad-settings'));
});
