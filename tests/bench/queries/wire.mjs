// What a client costs a server: processor time, bytes on the wire, and how long it waits.

import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** The kernel counts processor time in these, milliseconds. */
const tickMs = 10;

/** Milliseconds of processor time of a process and all its threads so far, user and system. */
export function processorMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/**
 * Passes connections on to a port of this machine and counts the bytes that come back, compressed
 * as they travel.
 */
export async function startCounter(port) {
  let received = 0;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const close = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream])
      socket.setNoDelay(true).on('error', close).on('close', close);
    upstream.on('data', (part) => (received += part.length));
    client.pipe(upstream).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    bytes: () => received,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
