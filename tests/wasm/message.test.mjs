// What the page asks of the module besides the report: incident message and verdict by step.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, test } from 'node:test';
import path from 'node:path';

import { root } from '../../deploy/steps/process.mjs';
import { buildProgram } from '../../deploy/steps/rust.mjs';
import { incidentIds, incidentResponses } from './support/inputs.mjs';
import { importEngine, wasmBytes } from './support/package.mjs';

/** Lines of a message in an incident channel, the empty one below its headline left out. */
const mostLines = 15;

const ids = incidentIds();
const program = await buildProgram();
let engine;
before(async () => {
  const { loadEngine } = await importEngine();
  const loaded = await loadEngine(wasmBytes());
  assert.equal(loaded.state, 'ready', loaded.reason);
  engine = loaded.engine;
});

function withSession(responses, work) {
  const session = engine.createSession();
  try {
    session.load({ responses });
    return work(session);
  } finally {
    session.free();
  }
}

function printed(id) {
  const file = path.join(root, 'tests/incidents/recordings', `${id}.json.gz`);
  const { stdout } = spawnSync(program, ['diagnose', '--response', file, '--format', 'markdown'], {
    encoding: 'utf8',
  });
  return stdout;
}

for (const id of ids)
  test(`the message of ${id} is what the command line prints, in at most ${mostLines} lines`, () => {
    const message = withSession(incidentResponses(id), (session) => session.markdown());
    assert.equal(message, printed(id));
    const lines = message.split('\n').filter((line) => line !== '');
    assert.ok(lines.length >= 3 && lines.length <= mostLines, message);
    assert.match(lines[0], /^(🔴|🟠|🟢|🔵|⚪) \*\*/u);
  });

test('a step says what a report of its window says, and the onset has its steps', () => {
  withSession(incidentResponses('seed000-onset'), (session) => {
    const whole = session.timeline(0, 0, 1000);
    assert.equal(whole.all, whole.steps.length);
    const parts = [];
    for (let first = 0; first < whole.all; first += 7)
      parts.push(...session.timeline(0, first, 7).steps);
    assert.deepEqual(parts, whole.steps);
    const seen = new Set();
    for (const { end, verdict } of whole.steps) {
      if (verdict === undefined) continue;
      session.configure({ window: { start: verdict.from, end } });
      const { window, verdict: reported } = session.report();
      assert.deepEqual([window.start, window.end], [verdict.from, end]);
      assert.deepEqual([verdict.id, verdict.severity], [reported.id, reported.severity]);
      seen.add(verdict.id);
    }
    // The window of the settings changes no step.
    assert.deepEqual(session.timeline(0, 0, 1000), whole);
    assert.ok(seen.has('healthy') && seen.has('slot-cap'), [...seen].join());
    session.configure({});
    const { since } = session.report().verdict;
    const first = whole.steps.find(({ verdict }) => verdict?.id === 'slot-cap');
    // Five minutes are judged, so that the cap shows within them, and not before it came.
    assert.ok(first.end > since && first.end <= since + 6 * 60_000, `${first.end - since}`);
  });
});

test('what is not there is refused or empty', () => {
  withSession(incidentResponses('seed000-onset'), (session) => {
    assert.throws(() => session.timeline(1, 0, 1), { code: 'bad-settings' });
    assert.throws(() => session.markdown(1), { code: 'bad-settings' });
    assert.deepEqual(session.timeline(0, 100_000, 5).steps, []);
  });
});
