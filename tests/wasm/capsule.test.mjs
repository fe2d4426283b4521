// Capsules that a page saves: what is in them, who opens them, and what a redacted one gives away.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, test } from 'node:test';

import { buildProgram } from '../../deploy/steps/rust.mjs';
import { incidentIds, incidentResponses, splitResponses, toBatch } from './support/inputs.mjs';
import { importEngine, wasmBytes } from './support/package.mjs';

const program = await buildProgram();
let engine, openFile;
before(async () => {
  const module = await importEngine();
  openFile = module.openFile;
  const loaded = await module.loadEngine(wasmBytes());
  assert.equal(loaded.state, 'ready', loaded.reason);
  engine = loaded.engine;
});

function withSession(work) {
  const session = engine.createSession();
  try {
    return work(session);
  } finally {
    session.free();
  }
}

const encode = (response) => new TextEncoder().encode(JSON.stringify(response));

/** The report of a saved file, as the page opens it. */
const reopened = (text) =>
  withSession((session) => {
    const { settings, responses } = openFile(text);
    session.configure(settings ?? {});
    session.load({ responses: responses.map(encode) });
    return session.report();
  });

/** The report that the command line makes of it. */
function diagnosed(text) {
  const { stdout, stderr } = spawnSync(
    program,
    ['diagnose', '--capsule', '-', '--format', 'json'],
    { input: text, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

const settings = { slo: { targets: { ttft: 1.5 } } };

test('a capsule opens in the page and on the command line with the same report', () => {
  withSession((session) => {
    session.configure(settings);
    session.load({ responses: incidentResponses('seed000-onset') });
    const text = session.capsule(settings);
    const report = session.report();
    assert.deepEqual(reopened(text), report);
    assert.deepEqual(diagnosed(text), report);
  });
});

test('what was appended is in the capsule, and so is a history', () => {
  withSession((session) => {
    const responses = incidentResponses('seed000-onset');
    // A refresh asks for a little more than what is missing.
    const [first] = splitResponses(responses, 1_780_002_600);
    const [, rest] = splitResponses(responses, 1_780_002_500);
    session.load({ responses: first });
    session.append({ responses: rest });
    session.loadHistory({ responses });
    const text = session.capsule({});
    assert.ok(openFile(text).history.length > 0);
    const { verdict, window } = diagnosed(text);
    assert.deepEqual(verdict, session.report().verdict);
    assert.deepEqual(window, session.report().window);
  });
});

test('a batch is not saved', () => {
  withSession((session) => {
    session.load({ batch: toBatch(incidentResponses('seed000-onset')) });
    assert.equal(session.hasCapsule, false);
    assert.throws(() => session.capsule({}), { code: 'bad-data' });
  });
});

/** Every value of a label that names something, and every host of an address. */
function namesIn(responses) {
  const names = new Set();
  for (const bytes of responses) {
    const { data } = JSON.parse(new TextDecoder().decode(bytes));
    for (const { metric } of data.result)
      for (const label of ['instance', 'pod', 'namespace', 'node', 'model_name', 'job', 'Hostname'])
        if (metric[label] !== undefined) names.add(metric[label].replace(/:\d+$/, ''));
  }
  // Metric names begin with it.
  return [...names].filter((name) => name !== 'vllm');
}

for (const id of incidentIds())
  test(`without names ${id} has the same verdict and none of the names`, () => {
    const responses = incidentResponses(id);
    withSession((session) => {
      session.load({ responses });
      const model = session.report().scopes[0].model;
      const text = session.capsule({ scope: { model } }, { redact: true });
      for (const name of namesIn(responses))
        assert.ok(!text.includes(`"${name}"`) && !text.includes(`"${name}:`), name);
      const [before, after] = [session.report(), reopened(text)];
      assert.equal(after.verdict.id, before.verdict.id);
      assert.equal(after.verdict.severity, before.verdict.severity);
      assert.deepEqual(after.signals, before.signals);
      assert.deepEqual(
        after.limits.map(({ value }) => value),
        before.limits.map(({ value }) => value),
      );
      assert.equal(after.scopes[0].replicas.length, before.scopes[0].replicas.length);
    });
  });

test('files that are no capsule say what they are', () => {
  for (const [text, part] of [
    ['', /no JSON object/],
    ['[1]', /no JSON object/],
    ['{"verdict":{},"findings":[]}', /this is a report/],
    ['{"schema":9,"settings":{},"responses":[{}]}', /capsule of schema 9/],
    ['{"schema":1,"settings":{},"responses":[]}', /holds no response/],
    ['{"a":1}', /neither a capsule nor/],
  ])
    assert.throws(() => openFile(text), { code: 'bad-data', message: part });
  const { settings: none, responses } = openFile('{"status":"success","data":{"result":[]}}');
  assert.deepEqual([none, responses.length], [undefined, 1]);
});
