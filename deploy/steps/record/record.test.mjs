// What the verb says before it starts, what it refuses, and what it keeps.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { root } from '../process.mjs';
import { announcement } from './announce.mjs';
import { knownEngines, readEngine } from './engine-versions.mjs';
import { placesOf } from './install-engine.mjs';
import { writeRecording } from './recording.mjs';
import { promptIds, vocabularySize, wordOf, writeTinyModel } from './tiny-model.mjs';
import { truthOf, windowsOf } from './truth.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-record-test-'));

after(() => rmSync(folder, { recursive: true }));

const engine = readEngine('vllm==0.20.1');

const incident = {
  id: 'two-clients',
  title: 'Two clients',
  fault: 'slot-cap',
  verdict: ['slot-cap'],
  accepted: [],
  replicas: ['--max-num-seqs 2', '--max-num-seqs 4'],
  onset: 60,
  settle: 20,
  objectives: 'ttft=0.5',
  traffic: [{ until: 90, streams: [] }],
};

function verb(...args) {
  return spawnSync('node', [path.join(root, 'deploy/verbs/record.mjs'), ...args], {
    encoding: 'utf8',
  });
}

test('wrong options stop the verb before anything is installed', () => {
  const cases = [
    [[], /--incident is missing\. Usage: npm run record/],
    [['--incident', 'absent'], /there is no incident "absent"; there are: .*kv-thrash/],
    [['--incident', 'kv-thrash', '--engine', 'vllm==0.1'], /engines are vllm==0\.20\.1/],
    [['--incident', 'kv-thrash', '--engine', 'sglang==0.20.1'], /"sglang==0\.20\.1" cannot/],
    [['--incident', 'kv-thrash', '--engine', 'vllm'], /"vllm" cannot be recorded/],
    [['--speed', '2'], /Unknown option '--speed'/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = verb(...args);
    assert.equal(status, 1, args.join(' '));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
  }
});

test('--list names every incident and what happens in it', () => {
  const { status, stdout } = verb('--list');
  assert.equal(status, 0);
  assert.match(stdout, /^kv-thrash +Twelve clients share a cache of 2,048 tokens$/m);
});

test('every engine names its package and pins a torch that the registry has', () => {
  for (const name of knownEngines) {
    const { version, pins } = readEngine(name);
    assert.match(version, /^\d+\.\d+\.\d+$/);
    const torch = pins.find((pin) => pin.startsWith('torch=='));
    assert.match(torch, /^torch==\d+\.\d+\.\d+$/, 'without the local version +cpu');
  }
});

test('disk, time, memory and places are told first', () => {
  const plan = { incident, engine, folder, out: path.join(root, 'recordings/two-clients') };
  const text = announcement(plan).join('\n');
  assert.match(text, /^two-clients: Two clients/);
  assert.match(text, /will be installed once into .*vllm-0\.20\.1: 3 GB to download, 6 GB of disk/);
  assert.match(text, /2 replicas, one after the other, 1 to 3 min each; about 3 GB of memory each/);
  assert.match(text, /recording {2}1 min 30 s/);
  assert.match(text, /result {5}recordings\/two-clients/);
  const { environment, mark } = placesOf(engine, folder);
  spawnSync('mkdir', ['-p', environment]);
  assert.match(announcement(plan).join('\n'), /will be installed/, 'an interrupted installation');
  writeFileSync(mark, '');
  assert.match(announcement(plan).join('\n'), /vllm 0\.20\.1 is installed in/);
});

test('the model has the words of its vocabulary, each once', () => {
  const model = path.join(folder, 'model');
  writeTinyModel(model);
  const read = (name) => JSON.parse(readFileSync(path.join(model, name), 'utf8'));
  const { vocab, unk_token: unknown } = read('tokenizer.json').model;
  assert.deepEqual(
    Object.values(vocab),
    Array.from({ length: vocabularySize }, (_, id) => id),
  );
  assert.equal(vocab[unknown], 0);
  assert.equal(read('config.json').vocab_size, vocabularySize);
  for (const id of promptIds) assert.equal(vocab[wordOf(id)], id);
  const special = read('tokenizer.json').added_tokens.map((token) => token.id);
  assert.ok(
    special.every((id) => id < promptIds[0]),
    'no prompt holds a special token',
  );
});

test('windows leave out the beginning and the settling', () => {
  const range = { start: 1000, end: 1090 };
  assert.deepEqual(windowsOf(incident, range), {
    before: [1010, 1055],
    fault: [1080, 1090],
    default: null,
  });
  assert.deepEqual(windowsOf({ ...incident, onset: null }, range), {
    fault: [1020, 1090],
    default: null,
  });
});

test('a recording holds its truth, its requests and its series', () => {
  const lines = [[1062, 200, 9, 2, 0.5, 0.75, [250], 0, 1]];
  const facts = { engine, start: 1000, end: 1090, events: [], boot: [], lines, loadavg: [0, 0, 0] };
  const truth = truthOf(incident, { ...facts, late: { p99: 0, max: 0 } });
  assert.equal(truth.id, 'two-clients-0.20.1');
  assert.equal(truth.onset, 1060);
  assert.deepEqual(truth.flags, incident.replicas, 'replicas differ, so there is a text for each');
  assert.equal(truth.client.fault.started, 0);
  const alike = { ...incident, replicas: ['--a 1', '--a 1'] };
  assert.equal(truthOf(alike, { ...facts, late: {} }).flags, '--a 1');

  const out = path.join(folder, 'recording');
  const series = { status: 'success', data: { resultType: 'matrix', result: [] } };
  writeRecording(out, { truth, lines, series });
  const unpacked = (name) => gunzipSync(readFileSync(path.join(out, name))).toString();
  assert.deepEqual(JSON.parse(unpacked('response.json.gz')), series);
  assert.deepEqual(JSON.parse(unpacked('client.jsonl.gz')), lines[0]);
  assert.deepEqual(JSON.parse(readFileSync(path.join(out, 'truth.json'), 'utf8')), truth);
});
