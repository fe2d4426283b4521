// Starts the load generator and talks to it.

import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { end, Stop } from '../process.mjs';

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), 'load-generator.mjs');

/**
 * Starts the generator and resolves once it listens, which takes seconds on a busy machine.
 * `begin({ ports, traffic, seed, start })` sends the traffic to the engines on `ports`, from
 * `start` (Unix seconds) on, and resolves to `{ records, late }` when the last phase is over:
 * lines of `client.jsonl`, and by how many seconds the generator's own clock was late.
 */
export async function startLoad() {
  // A session of its own is a scheduling group of its own.
  const child = fork(program, { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const answer = (name) => messageWith(child, name);
  await answer('ready');
  return {
    begin(task) {
      child.send(task);
      return answer('records');
    },
    /** The replicas that get requests from now on. */
    route: (routed) => child.connected && child.send({ routed }),
    /** How many requests each replica has open. */
    async open() {
      child.send({ open: true });
      return (await answer('open')).open;
    },
    stop: () => end(child),
  };
}

/** The next message that holds `name`; fails when the child ends without one. */
function messageWith(child, name) {
  return new Promise((resolve, reject) => {
    const settle = (conclude) => (value) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onError);
      conclude(value);
    };
    const done = settle(resolve);
    const fail = settle((reason) => reject(new Stop(`the load generator ended early: ${reason}`)));
    const onMessage = (message) => Object.hasOwn(message, name) && done(message);
    const onExit = (code, by) => fail(by ?? `exit status ${code}`);
    const onError = (error) => fail(error.message);
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', onError);
  });
}
