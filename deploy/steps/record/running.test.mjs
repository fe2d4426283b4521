// Everything that was started is stopped, also what starts while the rest is being stopped.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stop } from '../process.mjs';
import { Running } from './running.mjs';

const part = (name, stopped) => ({ stop: async () => stopped.push(name) });

test('parts stop last first', async () => {
  const stopped = [];
  const running = new Running();
  for (const name of ['engine', 'server', 'load']) await running.keep(part(name, stopped));
  await running.stop();
  await running.stop();
  assert.deepEqual(stopped, ['load', 'server', 'engine']);
});

test('a part that begins after the stop is stopped at once, and its starter ends', async () => {
  const stopped = [];
  const running = new Running();
  await running.stop();
  await assert.rejects(running.keep(part('late', stopped)), Stop);
  assert.deepEqual(stopped, ['late']);
});

test('one that cannot be stopped does not keep the others', async () => {
  const stopped = [];
  const running = new Running();
  await running.keep(part('first', stopped));
  await running.keep({ stop: () => Promise.reject(new Error('stuck')) });
  await assert.rejects(running.stop(), /stuck/);
  assert.deepEqual(stopped, ['first']);
});
