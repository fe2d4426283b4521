// What is fetched when: the whole range first, then only tails; failures; progress; never two
// refreshes at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PrometheusClient, PrometheusFeed, QueryFailure } from '../dist/index.js';
import { errorBody, startFake } from './fake-prometheus.mjs';
import { ManualClock, settled, until } from './manual-clock.mjs';

const roles = [
  'running',
  'waiting',
  'queue_time_bucket',
  'e2e_sum',
  'e2e_count',
  'kv_usage',
  'preemptions',
  'up',
];
const planner = {
  probe: () => 'running[10m]',
  plan: (step, names) => ({
    queries: roles.map((role) => ({ role, promql: `${role}[${step}] ${names}` })),
  }),
};
const minute = 60_000;

/**
 * Answers the probe like a server that scrapes every `interval` seconds, and any other query with
 * `other`.
 */
function answerAs({ interval = 15, now, other }) {
  return async (request) => {
    const date = new Date(now()).toUTCString();
    if (request.form.query !== 'running[10m]') {
      const reply = await other(request);
      return reply && { ...reply, headers: { date, ...reply.headers } };
    }
    const end = Math.floor(request.form.time ? Number(request.form.time) : now() / 1_000);
    const values = [3, 2, 1].map((scrape) => [end - scrape * interval, '2']);
    const result = interval === 0 ? [] : [{ metric: { __name__: 'x_running' }, values }];
    const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
    return { body, headers: { date } };
  };
}

async function withFeed(options, body) {
  const { range = 30 * minute, other = () => ({}), end, skew = 0 } = options;
  const clock = new ManualClock(1_780_000_007_000);
  const now = () => clock.now() + skew;
  const fake = await startFake((request) =>
    answerAs({ interval: options.interval, now, other })(request),
  );
  const calls = [];
  const target = {
    load: ({ responses }) => calls.push(['load', responses.length]),
    append: ({ responses }) => calls.push(['append', responses.length]),
    span: () => options.span ?? range,
  };
  const client = new PrometheusClient({ url: fake.url, clock, attempts: 1 });
  const feed = new PrometheusFeed(client, options.planner ?? planner, target, {
    range,
    ...(end === undefined ? {} : { end }),
  });
  try {
    return await body({ feed, clock, calls, target, fake, ranges: () => rangesOf(fake) });
  } finally {
    feed.cancel();
    await fake.stop();
  }
}

/** The range queries since the last call, as `[role, start, end]` in seconds. */
function rangesOf(fake) {
  const requests = fake.requests.splice(0).filter(({ path }) => path.endsWith('query_range'));
  return requests.map(({ form }) => [
    form.query.split('[')[0],
    Number(form.start),
    Number(form.end),
  ]);
}

test('the first load asks for every query over the whole range, four at a time, and tells how far it is', () =>
  withFeed({ other: async () => (await settled(), {}) }, async ({ feed, calls, fake, ranges }) => {
    const progress = [];
    const result = await feed.refresh((done, total) => progress.push(`${done}/${total}`));
    assert.equal(result.fetched, 'range');
    assert.deepEqual(result.grid, {
      start: 1_779_998_205_000,
      end: 1_780_000_005_000,
      step: 15_000,
    });
    assert.deepEqual(calls, [['load', roles.length]]);
    assert.equal(fake.mostOpen(), 4);
    assert.deepEqual(progress, ['1/8', '2/8', '3/8', '4/8', '5/8', '6/8', '7/8', '8/8']);
    const asked = ranges();
    assert.deepEqual(asked.map(([role]) => role).sort(), [...roles].sort());
    for (const [, start, end] of asked)
      assert.deepEqual([start, end], [1_779_998_205, 1_780_000_005]);
  }));

test('a refresh asks only for what is new and one step before it', () =>
  withFeed({}, async ({ feed, clock, calls, fake, ranges }) => {
    await feed.refresh();
    ranges();
    await clock.advance(45_000);
    const result = await feed.refresh();
    assert.equal(result.fetched, 'tail');
    assert.deepEqual(calls, [
      ['load', 8],
      ['append', 8],
    ]);
    assert.equal(
      fake.requests.filter(({ path }) => path.endsWith('/query')).length,
      0,
      'the interval is asked for once',
    );
    for (const [, start, end] of ranges())
      assert.deepEqual([start, end], [1_779_999_990, 1_780_000_050]);
  }));

test('a query that failed is caught up from where it was, the others are not', () => {
  let isFailing = false;
  const other = ({ form }) =>
    isFailing && form.query.startsWith('kv_usage')
      ? { status: 422, body: errorBody('execution', 'no') }
      : {};
  return withFeed({ other }, async ({ feed, clock, calls, ranges }) => {
    await feed.refresh();
    isFailing = true;
    await clock.advance(15_000);
    const partial = await feed.refresh();
    assert.deepEqual(
      partial.failures.map(({ role, failure }) => [role, failure.code]),
      [['kv_usage', 'refused']],
    );
    assert.deepEqual(calls.at(-1), ['append', 7]);
    ranges();
    isFailing = false;
    await clock.advance(15_000);
    await feed.refresh();
    const starts = Object.fromEntries(ranges().map(([role, start]) => [role, start]));
    assert.equal(starts.kv_usage, 1_779_999_990);
    assert.equal(starts.running, 1_780_000_005);
  });
});

test('after a partial first load the range is asked for again, ever more rarely', () => {
  const other = ({ form }) =>
    form.query.startsWith('up') ? { status: 422, body: errorBody('execution', 'no') } : {};
  return withFeed({ other, range: 600 * minute }, async ({ feed, clock }) => {
    const fetched = [];
    for (let refresh = 0; refresh < 9; refresh += 1) {
      fetched.push((await feed.refresh()).fetched);
      await clock.advance(60_000);
    }
    assert.equal(fetched.join(' '), 'range range tail range tail tail tail range tail');
  });
});

test('the range is fetched anew when it has grown by a quarter, and when the gap is too long', () =>
  withFeed({ range: 100 * minute }, async ({ feed, clock }) => {
    assert.equal((await feed.refresh()).fetched, 'range');
    let minutes = 0;
    do {
      await clock.advance(minute);
      minutes += 1;
    } while ((await feed.refresh()).fetched === 'tail');
    assert.equal(minutes, 26);
    await clock.advance(51 * minute);
    assert.equal((await feed.refresh()).fetched, 'range');
  }));

test('what the probe found goes into the plan, and without any series it is asked again', () => {
  let interval = 0;
  return withFeed(
    {
      get interval() {
        return interval;
      },
    },
    async ({ feed, fake, ranges }) => {
      const first = await feed.refresh();
      assert.equal(first.grid.step, 15_000);
      interval = 30;
      fake.requests.length = 0;
      const second = await feed.refresh();
      assert.deepEqual([second.fetched, second.grid.step], ['range', 30_000]);
      assert.equal(fake.requests.filter(({ form }) => form.query === 'running[10m]').length, 1);
      assert.ok(fake.requests.some(({ form }) => form.query === 'waiting[30000] x_running'));
      ranges();
      await feed.refresh();
      assert.equal(fake.requests.filter(({ form }) => form.query === 'running[10m]').length, 0);
    },
  );
});

test('of an engine younger than the range, the range is fetched anew before anything of it is lost', async () => {
  const minutesToRange = (span) =>
    withFeed({ range: 24 * 60 * minute, span, interval: 60 }, async ({ feed, clock }) => {
      await feed.refresh();
      let minutes = 0;
      do {
        await clock.advance(2 * minute);
        minutes += 2;
      } while ((await feed.refresh()).fetched === 'tail');
      return minutes;
    });
  assert.equal(await minutesToRange(20 * minute), 2);
  assert.equal(await minutesToRange(10 * 60 * minute), 62);
});

test('calls during a refresh share it', () =>
  withFeed({}, async ({ feed, calls }) => {
    const [first, second] = await Promise.all([feed.refresh(), feed.refresh()]);
    assert.equal(first, second);
    assert.equal(calls.length, 1);
  }));

test("the server's clock decides what now is", () =>
  withFeed({ skew: -400_000 }, async ({ feed }) => {
    const { grid } = await feed.refresh();
    assert.equal(grid.end, 1_779_999_600_000);
  }));

test('a fixed end is kept, and is when the interval is asked for', () =>
  withFeed({ end: 1_700_000_000_000, interval: 30 }, async ({ feed, fake }) => {
    const { grid } = await feed.refresh();
    assert.equal(fake.requests[0].form.time, '1700000000');
    assert.deepEqual([grid.end, grid.step], [1_699_999_980_000, 30_000]);
  }));

test('when nothing is answered, the refresh fails with one cause and keeps what it had', () => {
  let isDown = false;
  return withFeed(
    { other: () => (isDown ? { status: 404, body: 'not here' } : {}) },
    async ({ feed, clock, calls, fake }) => {
      await feed.refresh();
      isDown = true;
      fake.requests.length = 0;
      await clock.advance(15_000);
      await assert.rejects(
        feed.refresh(),
        (error) => error instanceof QueryFailure && error.code === 'no-such-path',
      );
      assert.deepEqual(calls, [['load', 8]]);
      assert.ok(fake.requests.length <= 4, `${fake.requests.length} requests for one cause`);
      isDown = false;
      assert.equal((await feed.refresh()).fetched, 'tail');
    },
  );
});

test('a tail that the target refuses is replaced by the whole range', () =>
  withFeed({}, async ({ feed, clock, target }) => {
    await feed.refresh();
    target.append = () => {
      throw new Error('kept too large');
    };
    await clock.advance(15_000);
    await assert.rejects(feed.refresh(), /kept too large/);
    assert.equal((await feed.refresh()).fetched, 'range');
  }));

test('data that the target refuses are asked for as a whole again', () =>
  withFeed({}, async ({ feed, clock, target }) => {
    const { load } = target;
    target.load = () => {
      throw new Error('no engine');
    };
    await assert.rejects(feed.refresh(), /no engine/);
    target.load = load;
    await clock.advance(15_000);
    assert.equal((await feed.refresh()).fetched, 'range');
  }));

test('cancelled, it stops asking and loads nothing', () =>
  withFeed({ other: () => undefined }, async ({ feed, calls, fake }) => {
    const refresh = feed.refresh();
    await until(() => fake.requests.length >= 5, 'the first four queries');
    feed.cancel();
    await assert.rejects(refresh, (error) => error.code === 'cancelled');
    assert.equal(fake.requests.length, 5);
    assert.deepEqual(calls, []);
  }));

/** Answers the watch with these instances, and anything else as usual. */
const watchAnswer = (instances) => {
  const result = instances.map((instance) => ({ metric: { instance }, values: [[1, '1']] }));
  return { body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }) };
};

/** A planner whose sums need to know which instances to keep apart. */
const watchful = {
  probe: planner.probe,
  plan: (step, names, apart) => ({
    watch: `watch[${apart ?? 'all'}]`,
    queries: roles.map((role) => ({
      role,
      promql: `${role}[${apart === undefined ? 'blind' : `apart ${apart}`}]`,
    })),
  }),
};

/** A feed whose watch answers what `watch(request)` says. */
const withWatch = (watch, body) => {
  const other = (request) => (request.form.query.startsWith('watch') ? watch(request) : {});
  return withFeed({ planner: watchful, other }, body);
};

const queriesOf = (fake) => fake.requests.splice(0).map(({ form }) => form.query);

test('what the watch names is kept apart, and a refresh asks it about the others', () =>
  withWatch(
    ({ form }) => watchAnswer(form.query === 'watch[all]' ? ['a', 'b'] : []),
    async ({ feed, clock, calls, fake }) => {
      await feed.refresh();
      const [, first, ...queries] = fake.requests.splice(0).map(({ form }) => form);
      assert.deepEqual(
        [first.query, first.start, first.end],
        ['watch[all]', '1779998220', '1780000005'],
        'what happened before the first step changes no difference',
      );
      assert.deepEqual(
        queries.map(({ query }) => query).sort(),
        roles.map((role) => `${role}[apart a,b]`).sort(),
      );
      await clock.advance(30_000);
      assert.equal((await feed.refresh()).fetched, 'tail');
      const refreshed = fake.requests.find(({ form }) => form.query === 'watch[a,b]');
      assert.equal(refreshed.form.start, '1779999990');
      assert.deepEqual(calls, [
        ['load', 8],
        ['append', 8],
      ]);
    },
  ));

test('when something happens to another engine, the range is loaded anew', () => {
  let changed = [];
  return withWatch(
    () => watchAnswer(changed),
    async ({ feed, clock, calls, fake }) => {
      await feed.refresh();
      await clock.advance(15_000);
      assert.equal((await feed.refresh()).fetched, 'tail');
      changed = ['c'];
      queriesOf(fake);
      await clock.advance(15_000);
      assert.equal((await feed.refresh()).fetched, 'range');
      assert.ok(queriesOf(fake).includes('running[apart c]'));
      assert.deepEqual(
        calls.map(([call]) => call),
        ['load', 'append', 'load'],
      );
    },
  );
});

test('sums that need no watch are asked for where it fails, names too many, or has no gauge to go by', async () => {
  const many = Array.from({ length: 68 }, (_, index) => `pod-${index}`);
  for (const watch of [
    () => ({ status: 422, body: errorBody('execution', 'no') }),
    () => watchAnswer(many),
  ]) {
    await withWatch(watch, async ({ feed, clock, fake }) => {
      await feed.refresh();
      await clock.advance(15_000);
      assert.deepEqual((await feed.refresh()).failures, []);
      const asked = queriesOf(fake);
      assert.equal(asked.filter((query) => query.startsWith('watch')).length, 1);
      assert.equal(asked.filter((query) => query.endsWith('[blind]')).length, 16);
    });
  }
  await withFeed({ planner: watchful, interval: 0 }, async ({ feed, fake }) => {
    await feed.refresh();
    assert.ok(!queriesOf(fake).some((query) => query.startsWith('watch')));
  });
});

test('a watch that failed in a refresh is caught up in the next', () => {
  let isFailing = false;
  const watch = () =>
    isFailing ? { status: 422, body: errorBody('execution', 'no') } : watchAnswer([]);
  return withWatch(watch, async ({ feed, clock, fake }) => {
    await feed.refresh();
    isFailing = true;
    await clock.advance(15_000);
    const { fetched, failures } = await feed.refresh();
    assert.deepEqual([fetched, failures.map(({ role }) => role)], ['tail', ['watch']]);
    isFailing = false;
    await clock.advance(15_000);
    assert.equal((await feed.refresh()).fetched, 'tail');
    const { form } = fake.requests.findLast((request) => request.form.query === 'watch[]');
    assert.deepEqual([form.query, form.start, form.end], ['watch[]', '1779999990', '1780000035']);
  });
});
