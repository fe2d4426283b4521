// A server that answers like the query API of Prometheus, or as badly as a test wants.

import { createServer } from 'node:http';

/** A matrix with one sample, as small as a right answer can be. */
export const matrix = JSON.stringify({
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric: { __name__: 'x' }, values: [[1, '1']] }] },
});

/**
 * `answer(request)` gets `{ path, method, form, headers, number }` and returns `{ status, body,
 * headers }`, or undefined to leave the connection hanging. The requests are kept in `requests`.
 */
export async function startFake(answer) {
  const requests = [];
  let open = 0;
  let mostOpen = 0;
  const server = createServer(async (incoming, outgoing) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    outgoing.on('close', () => (open -= 1));
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const url = new URL(incoming.url, 'http://fake');
    const posted = new URLSearchParams(Buffer.concat(chunks).toString());
    const form = Object.fromEntries([...url.searchParams, ...posted]);
    const { method, headers } = incoming;
    const request = { path: url.pathname, method, form, headers, number: requests.length + 1 };
    requests.push(request);
    const reply = await answer(request);
    if (reply === undefined) return;
    outgoing.writeHead(reply.status ?? 200, {
      'content-type': 'application/json',
      ...reply.headers,
    });
    outgoing.end(reply.body ?? matrix);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    mostOpen: () => mostOpen,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The envelope of an error. */
export function errorBody(errorType, error) {
  return JSON.stringify({ status: 'error', errorType, error });
}
