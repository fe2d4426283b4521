// The two servers that a fleet is asked of, side by side with the same samples, and what a piece of
// work costs one of them.

import { processorMs, startCounter } from '../queries/wire.mjs';
import { serverKinds } from '../servers.mjs';

/**
 * Runs `body` with both servers, empty and ready for remote write, and ends them: each with `id`,
 * `where`, and the `counter` that clients ask through.
 */
export async function withServers(body) {
  const servers = [];
  try {
    for (const [id, { where, start }] of Object.entries(serverKinds)) {
      const server = await start({ receives: true });
      servers.push({ id, where, ...server, counter: await startCounter(server.port) });
    }
    return await body(servers);
  } finally {
    for (const { counter, stop } of servers) {
      await counter.stop();
      await stop();
    }
  }
}

/** What VictoriaMetrics holds back for a second is asked for too from here on. */
export async function settle(servers) {
  for (const { flush } of servers) await flush?.();
}

/** What work costs a server: milliseconds of processor time, bytes on the wire. */
export async function costOf({ pid, counter }, work) {
  const before = [processorMs(pid), counter.bytes()];
  const answer = await work();
  return {
    ...answer,
    processor: processorMs(pid) - before[0],
    bytes: counter.bytes() - before[1],
  };
}
