// The load generator against a server that streams as an engine does, with known times and tokens.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as elapsed } from 'node:timers/promises';

import { startLoad } from './load.mjs';
import { measure, now } from './request.mjs';

const stub = { requests: [], tokens: 4, gap: 30, mode: 'stream' };
let server;
let port;

before(async () => {
  server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address());
});

after(() => {
  server.closeAllConnections();
  server.close();
});

async function answer(request, response) {
  let text = '';
  for await (const bytes of request) text += bytes;
  const body = JSON.parse(text);
  stub.requests.push(body);
  if (stub.mode === 'refuse') return response.writeHead(400).end('{"error":{}}');
  if (body.model === 'absent') return response.writeHead(404).end('{"error":{}}');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (content) => response.write(`data: ${JSON.stringify(content)}\n\n`);
  for (let token = 0; token < stub.tokens; token += 1) {
    await elapsed(stub.gap);
    if (response.destroyed) return;
    event({ choices: [{ text: ` w${token + 3}` }], usage: null });
    if (stub.mode === 'break' && token === 1) {
      // What was written goes out first.
      await elapsed(50);
      return response.destroy();
    }
  }
  // Half an event in one write, the rest in the next: a reader must wait for the whole.
  response.write(`data: {"choices":[],"usage":{"completion_`);
  await elapsed(5);
  response.end(`tokens":${stub.tokens}}}\n\ndata: [DONE]\n\n`);
}

const body = { model: 'tiny', prompt: 'w5', max_tokens: 4 };

test('a request is measured token by token', async () => {
  stub.mode = 'stream';
  const sent = await measure({ port, body, promptTokens: 1 });
  assert.equal(sent.status, 200);
  assert.equal(sent.output, 4);
  assert.equal(sent.gaps.length, 3);
  assert.equal(sent.text, ' w3 w4 w5 w6');
  const total = sent.ttft + sent.gaps.reduce((sum, gap) => sum + gap / 1000, 0);
  assert.ok(total <= sent.e2e, 'tokens come before the end');
  // The stub waits before each token; a timer is never early by more than its millisecond.
  assert.ok(sent.ttft >= (stub.gap - 1) / 1000);
});

test('an HTTP error is its status, and has no token', async () => {
  stub.mode = 'refuse';
  const sent = await measure({ port, body, promptTokens: 1 });
  assert.deepEqual([sent.status, sent.output, sent.ttft], [400, 0, null]);
  stub.mode = 'stream';
});

test('a connection that breaks and one that is refused are −1', async () => {
  stub.mode = 'break';
  const broken = await measure({ port, body, promptTokens: 1 });
  assert.deepEqual([broken.status, broken.output, broken.gaps.length], [-1, 0, 1]);
  stub.mode = 'stream';
  const refused = await measure({ port: 1, body, promptTokens: 1 });
  assert.deepEqual([refused.status, refused.ttft], [-1, null]);
});

test('a client that hangs up is 499, a recording that ends leaves 0', async () => {
  const hungUp = await measure({ port, body, promptTokens: 1, abortAfter: 0.05 });
  assert.deepEqual([hungUp.status, hungUp.output], [499, 0]);
  assert.ok(hungUp.e2e < 0.12, 'it did not wait for the answer');
  const ended = new AbortController();
  setTimeout(() => ended.abort(), 50);
  const open = await measure({ port, body, promptTokens: 1, ended: ended.signal });
  assert.equal(open.status, 0);
});

test('traffic has the lengths it was asked for, and the same seed sends the same', async () => {
  const stream = { kind: 'closed', n: 1, prompt: [7, 9], output: [2, 5] };
  const once = await trafficOf([{ until: 2, streams: [stream] }]);
  const again = await trafficOf([{ until: 2, streams: [stream] }]);
  assert.ok(once.requests.length >= 3);
  for (const request of once.requests) {
    const length = request.prompt.split(' ').length;
    assert.ok(length >= 7 && length <= 9, `${length} tokens`);
    assert.ok(request.max_tokens >= 2 && request.max_tokens <= 5);
    assert.ok(request.ignore_eos && request.stream);
  }
  const shared = Math.min(once.requests.length, again.requests.length);
  const texts = ({ requests }) => requests.slice(0, shared).map(({ prompt }) => prompt);
  assert.deepEqual(texts(once), texts(again));
  assert.ok(new Set(texts(once)).size > 1, 'prompts differ');
});

test('arrivals come at their rate, in phases, in batches, and share a prefix', async () => {
  const stream = { kind: 'poisson', rate: 8, batch: 2, prompt: [6, 6], output: [1, 1], prefix: 4 };
  const { requests, records } = await trafficOf([
    { until: 1, streams: [] },
    { until: 4, streams: [stream] },
  ]);
  // 3 s of 8 arrivals of 2 requests are 48 ± 3 × 2 × √24.
  assert.ok(requests.length >= 19 && requests.length <= 78, `${requests.length} requests`);
  assert.equal(requests.length % 2, 0);
  const first = records.map(([start]) => start).sort((a, b) => a - b)[0];
  assert.ok(first - records.begun >= 1 - 0.002, 'nothing comes in the phase without streams');
  const prefixes = requests.map(({ prompt }) => prompt.split(' ').slice(0, 4).join(' '));
  assert.equal(new Set(prefixes).size, 1);
});

test('a conversation repeats what was said', async () => {
  const stream = { kind: 'sessions', n: 1, turns: [3, 3], prefix: 5, prompt: [2, 2] };
  const { requests } = await trafficOf([
    { until: 3, streams: [{ ...stream, output: [4, 4], think: [0.01, 0.02] }] },
  ]);
  const [first, second, third] = requests.map(({ prompt }) => prompt);
  assert.equal(first.split(' ').length, 5 + 2);
  assert.ok(second.startsWith(`${first} w3 w4 w5 w6 `), 'the answer is part of the next prompt');
  assert.ok(third.startsWith(second));
});

test('bad requests are told apart, and out of routing all are refused', async () => {
  const stream = { kind: 'poisson', rate: 10, prompt: [5, 5], output: [1, 1] };
  const wrong = await trafficOf([{ until: 1, streams: [{ ...stream, bad: 'model' }] }]);
  assert.ok(wrong.records.length > 0 && wrong.records.every(([, status]) => status === 404));
  const load = await startLoad();
  const traffic = [{ until: 1.5, streams: [stream] }];
  const result = load.begin({ ports: [port], seed: 'x', start: now(), traffic });
  load.route([]);
  assert.deepEqual((await load.open()).length, 1);
  const { records } = await result;
  assert.ok(records.some(([, status]) => status === -1));
});

async function trafficOf(traffic) {
  stub.requests = [];
  const load = await startLoad();
  const begun = now();
  const { records } = await load.begin({ ports: [port], traffic, seed: 'test', start: begun });
  for (const record of records) {
    assert.equal(record.length, 9);
    assert.equal(record[8], 0, 'the only replica');
  }
  return { requests: stub.requests, records: Object.assign(records, { begun }) };
}
