// What befalls an engine while it is recorded: throttled, stopped, killed, started anew.

import { setTimeout as elapsed } from 'node:timers/promises';

import { now } from './request.mjs';
import { signal } from './process-tree.mjs';

/**
 * How long a replica that is taken out of routing may finish its requests, seconds: the default of
 * Kubernetes.
 */
const drainWithin = 30;

/** The period of a throttle in milliseconds where an event names none: a few steps long. */
const throttlePeriod = 60;

const actions = {
  /** Lets processes run only the share `duty` of each `period`, for `for` seconds or to the end. */
  async throttle({ replica = 0, process: kind = 'worker', duty, period, for: length }, context) {
    const pids = context.engines[replica].pids(kind);
    const span = period ?? throttlePeriod;
    context.note('throttle', [kind, duty, span], pids);
    const until = length === undefined ? Infinity : now() + length;
    while (now() < until && !context.over()) {
      await elapsed(span * duty);
      for (const pid of pids) signal(pid, 'SIGSTOP');
      await elapsed(span * (1 - duty));
      for (const pid of pids) signal(pid, 'SIGCONT');
    }
    if (length !== undefined) context.note('throttle ends');
  },

  /** Stops processes altogether for `for` seconds: to everybody outside, the engine hangs. */
  async stop({ replica = 0, process: kind = 'worker', for: length }, context) {
    const pids = context.engines[replica].pids(kind);
    context.note('stop', [kind, length], pids);
    for (const pid of pids) signal(pid, 'SIGSTOP');
    await context.until(now() + length);
    for (const pid of pids) signal(pid, 'SIGCONT');
    context.note('continue');
  },

  /** Kills all processes and starts the replica again after `down` seconds. */
  async kill({ replica = 0, down = 0, flags }, context) {
    context.note('kill', [replica], context.engines[replica].kill());
    await context.until(now() + down);
    if (context.over()) return;
    await context.start(replica, flags);
    context.note('up again', [replica]);
  },

  /** Takes a replica out of routing, lets it finish, starts it anew and routes to it again. */
  restart: (event, context) => restart(event.replica ?? 0, event.flags, context),

  /** Restarts one replica after the other, the next once the former is back. */
  async 'rolling-restart'({ flags }, context) {
    for (const replica of context.engines.keys()) await restart(replica, flags, context);
  },
};

/** Names of the events that an incident may hold. */
export const actionKinds = Object.keys(actions);

/**
 * Carries out an incident's events at their times. `context`: `engines`, `start` (Unix seconds),
 * `note(name, arguments, pids)`, `over()`, `until(moment)`, `route(replicas)`, `open()` and
 * `start(replica, flags)`. Resolves when the last is done or the recording is over.
 */
export async function carryOut(events, context) {
  await Promise.all(
    events.map(async (event) => {
      const moment = context.begun + event.at;
      await context.until(moment);
      // A wait that the recording's end cut short ends before the moment; timers of Node end up to
      // a millisecond early.
      if (!context.over() && now() >= moment - 0.002) await actions[event.do](event, context);
    }),
  );
}

async function restart(replica, flags, context) {
  if (context.over()) return;
  const others = [...context.engines.keys()].filter((other) => other !== replica);
  context.note('restart', [replica]);
  if (others.length > 0) context.route(others);
  const deadline = now() + drainWithin;
  while (now() < deadline && !context.over() && (await context.open())[replica] > 0) {
    await elapsed(250);
  }
  await context.engines[replica].stop();
  context.note('down', [replica]);
  if (context.over()) return;
  await context.start(replica, flags);
  if (others.length > 0) context.route([...context.engines.keys()]);
  context.note('up again', [replica]);
}
