// Every incident's file can be recorded, and a mistake in one is told before an engine starts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stop } from '../process.mjs';
import { incidentIds, lengthOf, mistakesIn, readIncident } from './incident-file.mjs';
import { longestContext } from './tiny-model.mjs';
import { windowsOf } from './truth.mjs';

const good = {
  title: 'Two clients',
  fault: 'none',
  verdict: ['healthy'],
  replicas: ['--max-num-seqs 4'],
  traffic: [{ until: 60, streams: [{ kind: 'closed', n: 2, prompt: [5, 9], output: [1, 4] }] }],
};

const withStream = (changes) => ({
  ...good,
  traffic: [{ until: 60, streams: [{ ...good.traffic[0].streams[0], ...changes }] }],
});

const bad = [
  [{ ...good, titel: 'x' }, /"titel" is no field/],
  [{ ...good, title: undefined }, /"title" is not a text/],
  [{ ...good, verdict: [] }, /"verdict" is no list/],
  [{ ...good, replicas: '--max-num-seqs 4' }, /"replicas" is no list/],
  [{ ...good, traffic: [] }, /"traffic" is no list/],
  [{ ...good, traffic: [...good.traffic, ...good.traffic] }, /until 60 ends before it begins/],
  [{ ...good, traffic: [{ until: 60 }] }, /until 60 has no list of streams/],
  [{ ...good, onset: 60 }, /the onset 60 is outside the 60 s/],
  [{ ...good, onset: 0 }, /the onset 0 is outside/],
  [withStream({ kind: 'open' }), /"open" is no kind of stream/],
  [withStream({ n: 0 }), /a closed stream needs "n" above 0/],
  [withStream({ kind: 'poisson' }), /a poisson stream needs "rate" above 0/],
  [withStream({ kind: 'sessions' }), /"turns" is no range of a sessions stream/],
  [withStream({ prompt: [9, 5] }), /"prompt" is no range/],
  [withStream({ output: [0, 5] }), /"output" is no range/],
  [withStream({ replica: 1 }), /there is no replica 1/],
  [{ ...good, events: [{ at: 5, do: 'explode' }] }, /"explode" is no event/],
  [{ ...good, events: [{ at: 60, do: 'kill' }] }, /"kill" at 60 is not in time/],
  [{ ...good, events: [{ at: 5, do: 'kill', replica: 1 }] }, /there is no replica 1/],
];

test('a file without a mistake has none', () => assert.deepEqual(mistakesIn(good), []));

for (const [content, message] of bad) {
  test(`a mistake is told: ${message.source}`, () => {
    assert.match(mistakesIn(content).join('\n'), message);
  });
}

test('an unknown incident is answered with those that exist', () => {
  assert.throws(
    () => readIncident('absent'),
    (error) => {
      assert.ok(error instanceof Stop);
      assert.match(error.message, /there is no incident "absent"; there are: .*kv-thrash/);
      return true;
    },
  );
});

for (const id of incidentIds()) {
  test(`${id} is coherent`, () => {
    const incident = readIncident(id);
    const length = lengthOf(incident);
    // Shorter than five minutes, so that a person waits for it; long enough for 24 scrapes.
    assert.ok(length >= 120 && length <= 300, `${length} s`);
    for (const [name, window] of Object.entries(windowsOf(incident, { start: 0, end: length }))) {
      if (window === null) continue;
      const [from, to] = window;
      assert.ok(to - from >= 40, `the window "${name}" is ${to - from} s long`);
    }
    for (const stream of incident.traffic.flatMap(({ streams }) => streams)) {
      assert.ok(stream.prompt[1] + stream.output[1] <= contextOf(incident), 'a prompt is too long');
      if (stream.prefix && stream.kind !== 'sessions') assert.ok(stream.prefix < stream.prompt[0]);
    }
    const expected = [...incident.verdict, ...incident.accepted];
    assert.equal(new Set(expected).size, expected.length, 'a verdict stands twice');
  });
}

function contextOf({ replicas }) {
  const lengths = replicas.map((flags) => Number(/--max-model-len (\d+)/.exec(flags)[1]));
  for (const length of lengths) assert.ok(length <= longestContext);
  return Math.min(...lengths);
}
