// When refreshes happen: pauses, back-off, hidden pages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefreshLoop } from '../dist/index.js';
import { ManualClock } from './manual-clock.mjs';

/** A loop whose refreshes end when the test says so. */
function makeLoop({ outcome = () => ({ isGood: true }), hidden = false } = {}) {
  const clock = new ManualClock();
  const page = { isHidden: hidden, listeners: new Set() };
  const running = [];
  let count = 0;
  const refresh = () => {
    count += 1;
    return new Promise((resolve) => running.push(() => resolve(outcome(count))));
  };
  const visibility = {
    isHidden: () => page.isHidden,
    onChange: (action) => {
      page.listeners.add(action);
      return () => page.listeners.delete(action);
    },
  };
  const loop = new RefreshLoop(refresh, { interval: 30_000, clock, visibility });
  const turn = (isHidden) => {
    page.isHidden = isHidden;
    for (const listener of page.listeners) listener();
  };
  const finish = async () => {
    running.shift()?.();
    await clock.advance(0);
  };
  return { loop, clock, page, turn, finish, count: () => count };
}

test('the next refresh starts a pause after the end of the last one', async () => {
  const { loop, clock, finish, count } = makeLoop();
  loop.start({ isGood: true });
  await clock.advance(29_999);
  assert.equal(count(), 0);
  await clock.advance(1);
  assert.equal(count(), 1);
  await clock.advance(120_000);
  assert.equal(count(), 1, 'a slow refresh is not overtaken');
  await finish();
  assert.deepEqual(clock.waiting, [30_000]);
});

test('after failures it waits longer each time, after a success as usual', async () => {
  const { loop, clock, finish } = makeLoop({ outcome: (count) => ({ isGood: count >= 4 }) });
  loop.start({ isGood: false });
  const pauses = [];
  for (let round = 0; round < 5; round += 1) {
    pauses.push(clock.waiting[0]);
    await clock.advance(clock.waiting[0]);
    await finish();
  }
  assert.deepEqual(pauses, [5_000, 10_000, 20_000, 40_000, 30_000]);
});

test('a server that asks for a pause gets it', async () => {
  const { loop, clock } = makeLoop();
  loop.start({ isGood: false, retryAfter: 90_000 });
  assert.deepEqual(clock.waiting, [90_000]);
});

test('a hidden page is not refreshed, and at once when it is seen again', async () => {
  const { loop, clock, turn, finish, count } = makeLoop({ hidden: true });
  loop.start({ isGood: true });
  await clock.advance(3_600_000);
  assert.equal(count(), 0);
  turn(false);
  assert.equal(count(), 1);
  turn(true);
  turn(false);
  assert.equal(count(), 1, 'one refresh at a time');
  await finish();
  assert.deepEqual(clock.waiting, [30_000]);
});

test('a glance away and back within the pause changes nothing', async () => {
  const { loop, clock, turn, count } = makeLoop();
  loop.start({ isGood: true });
  await clock.advance(10_000);
  turn(true);
  turn(false);
  assert.equal(count(), 0);
  await clock.advance(20_000);
  assert.equal(count(), 1);
});

test('stopped, nothing waits or listens any more', async () => {
  const { loop, clock, page, finish, count } = makeLoop();
  loop.start({ isGood: true });
  await clock.advance(30_000);
  loop.stop();
  await finish();
  assert.deepEqual(clock.waiting, []);
  assert.equal(page.listeners.size, 0);
  assert.equal(count(), 1);
});
