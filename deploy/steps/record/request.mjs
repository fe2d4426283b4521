// One streaming request, measured from outside as a person's program would measure it.

import { request as open } from 'node:http';

/** How a request ended when the engine gave no HTTP status for it. */
export const status = { inFlight: 0, refused: -1, hungUp: 499 };

/** Unix seconds with the precision of the process's clock. */
export const now = () => (performance.timeOrigin + performance.now()) / 1000;

/**
 * Sends a completion request and measures it. Resolves, never rejects, to
 * `{ start, status, prompt, output, ttft, e2e, gaps, text }`: times in seconds, `gaps` between
 * tokens in milliseconds, `output` the tokens that the engine says it made (0 unless it finished),
 * `ttft` null without a token, `text` what was generated.
 *
 * `abortAfter`: seconds after which the client hangs up. `ended`: an `AbortSignal` of the
 * recording's end, which leaves the request in flight.
 */
export function measure({ port, body, promptTokens, abortAfter, ended }) {
  const sent = {
    start: now(),
    status: status.inFlight,
    prompt: promptTokens,
    output: 0,
    ttft: null,
    e2e: null,
    gaps: [],
    text: '',
  };
  return new Promise((resolve) => {
    let timer;
    // A connection of its own: one that is kept alive is closed by the engine at times, and the
    // request that meets that would count as refused.
    const outgoing = open({
      host: '127.0.0.1',
      port,
      path: '/v1/completions',
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    const close = (outcome) => {
      if (sent.e2e !== null) return;
      sent.status = outcome;
      sent.e2e = now() - sent.start;
      clearTimeout(timer);
      ended?.removeEventListener('abort', onEnd);
      outgoing.destroy();
      resolve(sent);
    };
    const onEnd = () => close(status.inFlight);
    outgoing.on('error', () => close(status.refused));
    outgoing.on('response', (incoming) => {
      if (incoming.statusCode !== 200) {
        incoming.resume();
        return close(incoming.statusCode);
      }
      const read = eventReader(sent);
      incoming.on('data', read);
      incoming.on('error', () => close(status.refused));
      incoming.on('close', () => close(sent.output > 0 ? 200 : status.refused));
    });
    if (abortAfter !== undefined) {
      timer = setTimeout(() => close(status.hungUp), abortAfter * 1000);
    }
    if (ended?.aborted) return close(status.inFlight);
    ended?.addEventListener('abort', onEnd);
    outgoing.end(JSON.stringify(body));
  });
}

/** Reads server-sent events as they come: one a token, then the usage. */
function eventReader(sent) {
  let rest = '';
  let last;
  return (bytes) => {
    const arrived = now();
    const events = (rest + bytes.toString('utf8')).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      if (!event.startsWith('data: {')) continue;
      const { choices, usage } = JSON.parse(event.slice('data: '.length));
      if (usage?.completion_tokens) sent.output = usage.completion_tokens;
      if (!choices?.length) continue;
      sent.text += choices[0].text ?? '';
      if (last === undefined) sent.ttft = arrived - sent.start;
      else sent.gaps.push((arrived - last) * 1000);
      last = arrived;
    }
  };
}
