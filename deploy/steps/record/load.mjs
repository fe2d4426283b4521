// Starts the load generator and talks to it.

import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { end, Stop } from '../process.mjs';

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), 'load-generator.mjs');

/**
 * Starts traffic to the engines on `ports`, from `start` (Unix seconds) on. `result` resolves to
 * `{ records, late }` when the last phase is over: lines of `client.jsonl`, and by how many seconds
 * the generator's own clock was late.
 */
export function startLoad({ ports, traffic, seed, start }) {
  // A session of its own is a scheduling group of its own.
  const child = fork(program, { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const result = new Promise((resolve, reject) => {
    child.on('message', (message) => message.records && resolve(message));
    child.on('error', (error) => reject(new Stop(`the load generator: ${error.message}`)));
    child.on('exit', (code, by) =>
      reject(new Stop(`the load generator ended early: ${by ?? `exit status ${code}`}`)),
    );
  });
  child.send({ ports, traffic, seed, start });
  return {
    result,
    /** The replicas that get requests from now on. */
    route: (routed) => child.connected && child.send({ routed }),
    /** How many requests each replica has open. */
    open: () =>
      new Promise((resolve) => {
        const answer = (message) => {
          if (!message.open) return;
          child.off('message', answer);
          resolve(message.open);
        };
        child.on('message', answer);
        child.send({ open: true });
      }),
    stop: () => end(child),
  };
}
