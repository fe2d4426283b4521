// Events act on the processes they name, at their time, and leave none of them stopped.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as elapsed } from 'node:timers/promises';

import { carryOut } from './events.mjs';
import { endTree, isAlive, kill, signal, treeOf } from './process-tree.mjs';
import { now } from './request.mjs';

const started = [];

after(() => kill(started));

/** A shell and its child, which sleep. */
async function sleepers() {
  const shell = spawn('sh', ['-c', 'sleep 60 & wait'], { stdio: 'ignore' });
  started.push(shell.pid);
  while (treeOf(shell.pid).length < 2) await elapsed(20);
  return treeOf(shell.pid).map(({ pid }) => pid);
}

/** The state of a process as the kernel names it: S sleeps, T is stopped. */
function stateOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2)[0];
}

/** Two replicas that keep what is done to them. */
function stand({ pids = [], seconds = 5 } = {}) {
  const notes = [];
  const begun = now();
  const engine = (replica) => ({
    pids: () => pids,
    kill: () => (notes.push(`killed ${replica}`), pids),
    stop: async () => notes.push(`stopped ${replica}`),
  });
  return {
    notes,
    begun,
    engines: [engine(0), engine(1)],
    note: (name) => notes.push(name),
    over: () => now() >= begun + seconds,
    until: (moment) => elapsed(Math.max(0, Math.min(moment, begun + seconds) - now()) * 1000),
    route: (replicas) => notes.push(`routed to ${replicas.join(' and ')}`),
    open: async () => [0, 0],
    start: async (replica, flags) => notes.push(`started ${replica} ${flags ?? 'as before'}`),
  };
}

test('the tree of a process is it and its descendants, and ends as a whole', async () => {
  const pids = await sleepers();
  assert.equal(pids.length, 2);
  // A stopped process hears that it shall end all the same.
  signal(pids[0], 'SIGSTOP');
  await endTree(pids[0], 2000);
  assert.deepEqual(pids.map(isAlive), [false, false]);
  assert.deepEqual(treeOf(pids[0]), []);
  // It is gone, so nothing happens.
  signal(pids[0], 'SIGCONT');
});

test('a process stands still for its time, and goes on', async () => {
  const pids = await sleepers();
  const context = stand({ pids: pids.slice(1) });
  const done = carryOut([{ at: 0.1, do: 'stop', for: 0.5 }], context);
  await elapsed(300);
  assert.equal(stateOf(pids[1]), 'T');
  assert.equal(stateOf(pids[0]), 'S');
  await done;
  await elapsed(50);
  assert.equal(stateOf(pids[1]), 'S');
  assert.deepEqual(context.notes, ['stop', 'continue']);
});

test('a throttled process is stopped for the rest of each period', async () => {
  const pids = await sleepers();
  const context = stand({ pids: pids.slice(1) });
  const event = { at: 0, do: 'throttle', duty: 0.3, period: 50, for: 1.5 };
  const done = carryOut([event], context);
  let stopped = 0;
  const looks = 60;
  for (let look = 0; look < looks; look += 1) {
    await elapsed(20);
    if (stateOf(pids[1]) === 'T') stopped += 1;
  }
  // It shall be stopped in 42 of 60 looks; timers of a busy machine are late.
  assert.ok(stopped > looks * 0.3 && stopped < looks * 0.95, `${stopped} of ${looks}`);
  await done;
  await elapsed(50);
  assert.equal(stateOf(pids[1]), 'S');
});

test('replicas restart one after the other, each out of routing while it is down', async () => {
  const context = stand();
  await carryOut([{ at: 0, do: 'rolling-restart' }], context);
  assert.deepEqual(context.notes, [
    ...['restart', 'routed to 1', 'stopped 0', 'down', 'started 0 as before'],
    ...['routed to 0 and 1', 'up again'],
    ...['restart', 'routed to 0', 'stopped 1', 'down', 'started 1 as before'],
    ...['routed to 0 and 1', 'up again'],
  ]);
});

test('a killed replica starts again with other flags', async () => {
  const context = stand();
  await carryOut([{ at: 0, do: 'kill', replica: 1, down: 0.1, flags: '--x 2' }], context);
  assert.deepEqual(context.notes, ['killed 1', 'kill', 'started 1 --x 2', 'up again']);
});

test('an event whose time never comes does nothing', async () => {
  const context = stand({ seconds: 0.2 });
  await carryOut([{ at: 10, do: 'kill' }], context);
  assert.deepEqual(context.notes, []);
});
