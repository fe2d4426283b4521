// One query at a time: the request, its failures in words, retries and cancellation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchPlan, PrometheusClient, QueryFailure, systemClock } from '../dist/index.js';
import { errorBody, matrix, startFake } from './fake-prometheus.mjs';
import { ManualClock, until } from './manual-clock.mjs';

const grid = { start: 1_780_000_005_500, end: 1_780_000_060_000, step: 15_000 };

/** Runs `body` with a fake server and a client whose retries need no waiting. */
async function withFake(answer, body, options = {}) {
  const fake = await startFake(answer);
  try {
    await body(
      new PrometheusClient({ url: fake.url, backOff: { first: 1, cap: 50 }, ...options }),
      fake,
    );
  } finally {
    await fake.stop();
  }
}

function failureOf(promise) {
  return promise.then(
    () => assert.fail('the query succeeded'),
    (error) => {
      assert.ok(error instanceof QueryFailure, `not a QueryFailure: ${error}`);
      return error;
    },
  );
}

test('a range query is a form with seconds, sent below the path prefix', () =>
  withFake(
    () => ({}),
    async (_, fake) => {
      const client = new PrometheusClient({
        url: `${fake.url}/prom`,
        headers: { 'X-Scope-OrgID': 'team' },
      });
      const bytes = await client.queryRange('up{job="a&b"}', grid);
      assert.equal(new TextDecoder().decode(bytes), matrix);
      const [request] = fake.requests;
      assert.equal(request.path, '/prom/api/v1/query_range');
      assert.equal(request.method, 'POST');
      assert.match(request.headers['content-type'], /application\/x-www-form-urlencoded/);
      assert.equal(request.headers['x-scope-orgid'], 'team');
      assert.deepEqual(request.form, {
        query: 'up{job="a&b"}',
        start: '1780000005.500',
        end: '1780000060',
        step: '15',
        timeout: '30s',
      });
    },
  ));

test('a query string in the address is kept, credentials in it become a header', () =>
  withFake(
    () => ({}),
    async (_, fake) => {
      const client = new PrometheusClient({
        url: `${fake.url.replace('//', '//me:s%C3%A9same@')}/?tenant=a`,
      });
      await client.queryInstant('up');
      assert.equal(fake.requests[0].form.tenant, 'a');
      assert.equal(
        fake.requests[0].headers.authorization,
        `Basic ${Buffer.from('me:sésame').toString('base64')}`,
      );
    },
  ));

test('a server that refuses POST is asked with GET, once and for all', () =>
  withFake(
    ({ method }) => (method === 'POST' ? { status: 405, body: 'no' } : {}),
    async (client, fake) => {
      await client.queryRange('up', grid);
      await client.queryRange('up', grid);
      assert.deepEqual(
        fake.requests.map(({ method, form }) => `${method} ${form.query}`),
        ['POST up', 'GET up', 'GET up'],
      );
    },
  ));

const refusals = [
  {
    name: 'no credentials',
    status: 401,
    kind: 'unauthorised',
    cause: /asks for credentials/,
    cure: /sign in/,
    asked: 1,
  },
  {
    name: 'forbidden',
    status: 403,
    kind: 'forbidden',
    cause: /refuses these credentials/,
    cure: /read access/,
    asked: 1,
  },
  {
    name: 'wrong prefix',
    status: 404,
    kind: 'no-such-path',
    cause: /no Prometheus API/,
    cure: /path prefix/,
    asked: 1,
  },
  {
    name: 'bad query',
    status: 400,
    body: errorBody('bad_data', 'exceeded maximum resolution of 11,000 points'),
    kind: 'refused',
    cause: /exceeded maximum resolution/,
    cure: /shorter range/,
    asked: 1,
  },
  {
    name: 'failed evaluation',
    status: 422,
    body: errorBody('execution', 'query processing would load too many samples'),
    kind: 'refused',
    cause: /too many samples/,
    cure: /shorter range/,
    asked: 1,
  },
  {
    name: 'time-out of the server',
    status: 503,
    body: errorBody('timeout', 'query timed out'),
    kind: 'timed-out',
    cause: /longer than the server allows.*query timed out/,
    cure: /shorter range/,
    asked: 1,
  },
  {
    name: 'not ready',
    status: 503,
    body: 'Service Unavailable',
    kind: 'overloaded',
    cause: /not available/,
    cure: /wait/,
    asked: 3,
  },
  {
    name: 'bad gateway',
    status: 502,
    body: '<html>',
    kind: 'server-error',
    cause: /failed \(502\)/,
    cure: /proxy/,
    asked: 3,
  },
  {
    name: 'log-in page',
    status: 200,
    body: '<!doctype html><title>Sign in</title>',
    headers: { 'content-type': 'text/html' },
    kind: 'not-prometheus',
    cause: /web page.*log-in/,
    cure: /sign in/,
    asked: 1,
  },
  {
    name: 'other text',
    status: 200,
    body: 'hello',
    kind: 'not-prometheus',
    cause: /not with JSON/,
    cure: /before \/api\/v1/,
    asked: 1,
  },
];

for (const status of [301, 302, 303, 307, 308])
  refusals.push({
    name: `redirect ${status}`,
    status,
    headers: { location: '/elsewhere' },
    kind: 'redirected',
    cause: /redirects elsewhere, which is not followed/,
    cure: /sign in.*address/,
    asked: 1,
  });

for (const { name, kind, cause, cure, asked, ...reply } of refusals) {
  test(`a refusal in words: ${name}`, () =>
    withFake(
      () => reply,
      async (client, fake) => {
        const failure = await failureOf(client.queryRange('up', grid));
        assert.equal(failure.code, kind);
        assert.match(failure.message, cause);
        assert.match(failure.cure, cure);
        assert.equal(fake.requests.length, asked);
      },
    ));
}

for (const [name, redirect] of [
  ['a browser hides', { type: 'opaqueredirect', status: 0, redirected: false }],
  ["a host's fetch has followed", { type: 'basic', status: 200, redirected: true }],
]) {
  test(`a redirect that ${name} is told, and asked for as one that is not followed`, async () => {
    const asked = [];
    const client = new PrometheusClient({
      url: 'http://prometheus:9090',
      fetch: async (_, init) => {
        asked.push(init.redirect);
        return { ...redirect, ok: redirect.status === 200, headers: new Headers() };
      },
    });
    const failure = await failureOf(client.queryInstant('up'));
    assert.equal(failure.code, 'redirected');
    assert.ok(failure.message.includes('http://prometheus:9090/api/v1/query'), failure.message);
    assert.deepEqual(asked, ['manual']);
  });
}

test('a server that is not there is named, after three attempts', async () => {
  const fake = await startFake(() => ({}));
  await fake.stop();
  const client = new PrometheusClient({ url: fake.url, backOff: { first: 1, cap: 5 } });
  const failure = await failureOf(client.queryRange('up', grid));
  assert.equal(failure.code, 'unreachable');
  assert.ok(failure.message.includes(`${fake.url} did not answer`), failure.message);
  assert.match(failure.cure, /check that it runs/);
});

for (const address of ['prometheus:9090', 'http://', '']) {
  test(`"${address}" is refused as an address`, () => {
    assert.throws(
      () => new PrometheusClient({ url: address }),
      (failure) =>
        failure instanceof QueryFailure &&
        failure.message === `"${address}" is not an address of a server`,
    );
  });
}

test('retries wait 1 s, then 2 s, and then succeed', () => {
  const clock = new ManualClock();
  return withFake(
    ({ number }) => (number < 3 ? { status: 502 } : {}),
    async (client, fake) => {
      const answer = client.queryRange('up', grid);
      await until(() => clock.waiting.includes(1_000), 'the first pause');
      await clock.advance(999);
      assert.equal(fake.requests.length, 1);
      await clock.advance(1);
      await until(() => clock.waiting.includes(2_000), 'the second pause');
      await clock.advance(2_000);
      await answer;
      assert.equal(fake.requests.length, 3);
    },
    { clock, backOff: undefined },
  );
});

test('Retry-After is honoured when it is longer than the schedule', () => {
  const clock = new ManualClock();
  return withFake(
    ({ number }) => (number < 2 ? { status: 429, headers: { 'retry-after': '7' } } : {}),
    async (client, fake) => {
      const answer = client.queryRange('up', grid);
      await until(() => clock.waiting.includes(7_000), 'the pause of seven seconds');
      await clock.advance(6_999);
      assert.equal(fake.requests.length, 1);
      await clock.advance(1);
      await answer;
      assert.equal(fake.requests.length, 2);
    },
    { clock, backOff: undefined },
  );
});

test('a Retry-After beyond the cap ends the attempt and is handed on', () =>
  withFake(
    () => ({ status: 429, headers: { 'retry-after': '120' } }),
    async (client, fake) => {
      const failure = await failureOf(client.queryRange('up', grid));
      assert.equal(failure.retryAfter, 120_000);
      assert.equal(fake.requests.length, 1);
    },
  ));

test('a query that hangs is given up after its time', () => {
  const clock = new ManualClock();
  return withFake(
    () => undefined,
    async (client, fake) => {
      const answer = failureOf(client.queryRange('up', grid));
      await until(() => fake.requests.length === 1, 'the request');
      assert.equal(fake.requests[0].form.timeout, '4s');
      await clock.advance(4_000);
      const failure = await answer;
      assert.equal(failure.code, 'timed-out');
      assert.match(failure.message, /within 4 s/);
    },
    { clock, timeout: 4_000 },
  );
});

for (const moment of ['before', 'during', 'between attempts']) {
  test(`cancelled ${moment}`, () => {
    const controller = new AbortController();
    const clock = moment === 'between attempts' ? new ManualClock() : systemClock;
    return withFake(
      () => (moment === 'between attempts' ? { status: 502 } : undefined),
      async (client, fake) => {
        if (moment === 'before') controller.abort();
        const answer = failureOf(client.queryRange('up', grid, controller.signal));
        if (moment === 'during') await until(() => fake.requests.length === 1, 'the request');
        if (moment === 'between attempts')
          await until(() => clock.waiting.includes(1), 'the pause');
        controller.abort();
        assert.equal((await answer).code, 'cancelled');
        assert.equal(fake.requests.length, moment === 'before' ? 0 : 1);
      },
      { clock },
    );
  });
}

test('answers that are larger together than allowed end the run', async () => {
  const size = matrix.length;
  const queries = ['a', 'b', 'c', 'd', 'e'].map((promql) => ({ role: 'x', promql, grid }));
  const ask = (client) => fetchPlan(client, queries, new AbortController().signal);
  const enough = { memoryBudget: 5 * size };
  await withFake(
    () => ({}),
    async (client) => assert.equal((await ask(client)).responses.size, 5),
    enough,
  );
  for (const memoryBudget of [5 * size - 1, 2 * size, 10]) {
    await withFake(
      () => ({}),
      async (client) => {
        const failure = await failureOf(ask(client));
        assert.equal(failure.code, 'too-large');
        assert.match(failure.cure, /memoryBudget/);
        // One query alone has a budget of its own.
        if (memoryBudget >= size) await client.queryRange('a', grid);
      },
      { memoryBudget },
    );
  }
});

/** A client that is late for the queries at some places. */
function late(isLate) {
  let asked = 0;
  return {
    budget: () => undefined,
    async queryRange() {
      if (isLate(asked++)) throw new QueryFailure('timed-out', 'no answer in time', 'wait');
      return new Uint8Array();
    },
  };
}

test('three time-outs in a row end the run, and others do not', async () => {
  const queries = Array.from({ length: 24 }, (_, index) => ({ promql: `q${index}`, grid }));
  const ask = (isLate) => fetchPlan(late(isLate), queries, new AbortController().signal);
  const failure = await failureOf(ask((place) => place > 7));
  assert.equal(failure.code, 'timed-out');
  assert.match(failure.message, /3 queries in a row had no answer: no answer in time/);
  const { responses, failures } = await ask((place) => place % 4 === 3);
  assert.equal(responses.size, 18);
  assert.equal(failures.size, 6);
});
