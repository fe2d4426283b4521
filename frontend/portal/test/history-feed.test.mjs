// When the history is fetched, kept, fetched again and given up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HistoryFeed, PrometheusClient } from '../dist/index.js';
import { errorBody, startFake } from './fake-prometheus.mjs';
import { ManualClock, settled, until } from './manual-clock.mjs';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A multiple of every step used here. */
const END = 1_780_000_200_000;

const planner = {
  probe: () => 'running[10m]',
  plan: (step, names) => ({
    queries: ['running', 'waiting'].map((role) => ({ role, promql: `${role}[${step}] ${names}` })),
  }),
};

/** The detail of an hour up to `end`. */
const detailUpTo = (end) => ({ start: end - hour, end, step: 15_000 });

/** What the core says of an offset: the whole range that much earlier, on steps of a minute. */
const offsetBy = (offset) => (detail, ahead) => ({
  start: Math.floor((detail.start - offset) / minute) * minute,
  end: Math.ceil((detail.end - offset + ahead) / minute) * minute,
  step: minute,
});

async function withHistory(rangeOf, answer, body) {
  const clock = new ManualClock(END);
  const fake = await startFake(answer);
  const calls = [];
  const target = {
    load: ({ responses }) => calls.push(['load', responses.length]),
    clear: () => calls.push(['clear']),
  };
  const client = new PrometheusClient({ url: fake.url, clock, attempts: 1 });
  const feed = new HistoryFeed(client, planner, target, rangeOf);
  const follow = (end) => feed.follow({ grid: detailUpTo(end), names: ['x_running'] });
  const ranges = () =>
    fake.requests.splice(0).map(({ form }) => [form.query, Number(form.start), Number(form.end)]);
  try {
    await body({ feed, follow, calls, clock, ranges, target, fake });
  } finally {
    feed.cancel();
    await fake.stop();
  }
}

const seconds = (ms) => ms / 1_000;

test('an earlier baseline is fetched with an hour ahead, and again only when that is used up', () =>
  withHistory(
    offsetBy(day),
    () => ({}),
    async ({ feed, follow, calls, ranges }) => {
      await follow(END);
      const expected = [seconds(END - day - hour), seconds(END - day + hour)];
      assert.deepEqual(
        ranges(),
        ['running', 'waiting'].map((role) => [`${role}[60000] x_running`, ...expected]),
      );
      assert.deepEqual(calls, [['load', 2]]);
      for (let passed = 15_000; passed <= hour; passed += 15_000) await follow(END + passed);
      assert.deepEqual(ranges(), [], 'nothing for an hour of refreshes');
      await follow(END + hour + minute);
      assert.equal(ranges().length, 2);
      assert.deepEqual(calls, [
        ['load', 2],
        ['load', 2],
      ]);
      assert.deepEqual(feed.problems, []);
    },
  ));

test('without need there is no fetch, and what is no longer needed is given up once', () => {
  let offset;
  const rangeOf = (...given) => (offset === undefined ? undefined : offsetBy(offset)(...given));
  return withHistory(
    rangeOf,
    () => ({}),
    async ({ follow, calls, ranges }) => {
      await follow(END);
      assert.deepEqual([calls, ranges()], [[], []]);
      offset = day;
      await follow(END);
      offset = 7 * day;
      await follow(END);
      assert.deepEqual(
        ranges().map(([, start]) => start),
        [day, day, 7 * day, 7 * day].map((before) => seconds(END - before - hour)),
        'another offset needs another past',
      );
      offset = undefined;
      await follow(END);
      await follow(END);
      assert.deepEqual(calls, [['load', 2], ['load', 2], ['clear']]);
    },
  );
});

test('a failure is a sentence, keeps what is loaded, and is tried again after a pause', () => {
  let isDown = false;
  const answer = () => (isDown ? { status: 503, body: errorBody('unavailable', 'no') } : {});
  return withHistory(offsetBy(day), answer, async ({ feed, follow, calls, clock, ranges }) => {
    await follow(END);
    ranges();
    isDown = true;
    await follow(END + 2 * hour);
    assert.equal(feed.problems.length, 1);
    assert.match(feed.problems[0], /^The history could not be read.*\.$/);
    // The other query may still be on its way when the first one fails for all.
    await settled();
    assert.ok(ranges().length > 0);
    await clock.advance(minute);
    await follow(END + 2 * hour + minute);
    assert.deepEqual(ranges(), [], 'not with every refresh');
    assert.equal(feed.problems.length, 1, 'it is still missing');
    isDown = false;
    await clock.advance(5 * minute);
    await follow(END + 2 * hour + 6 * minute);
    assert.equal(ranges().length, 2);
    assert.deepEqual(feed.problems, []);
    assert.deepEqual(calls, [
      ['load', 2],
      ['load', 2],
    ]);
  });
});

test('a query that fails alone is named, and a history that the target refuses is a sentence too', () => {
  const answer = ({ form }) =>
    form.query.startsWith('waiting') ? { status: 422, body: errorBody('execution', 'no') } : {};
  return withHistory(offsetBy(day), answer, async ({ feed, follow, calls, target }) => {
    await follow(END);
    assert.deepEqual(calls, [['load', 1]]);
    assert.match(feed.problems.join(), /^The query for waiting of the history failed: /);
    target.load = () => {
      throw new Error('no series of a known engine');
    };
    await follow(END + 2 * hour);
    assert.match(feed.problems.join(), /no series of a known engine\.$/);
  });
});

test('cancelled, it rejects and loads nothing', () =>
  withHistory(
    offsetBy(day),
    () => undefined,
    async ({ feed, follow, calls, fake }) => {
      const running = follow(END);
      await until(() => fake.requests.length >= 2, 'the queries');
      feed.cancel();
      await assert.rejects(running, (error) => error.code === 'cancelled');
      assert.deepEqual(calls, []);
    },
  ));
