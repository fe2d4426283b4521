// Sends an incident's traffic to the engines and measures each request. A process of its own, so
// that nothing that the verb does is measured; `load.mjs` starts it.

import { setMaxListeners } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { measure, now, status } from './request.mjs';
import { Random } from './random.mjs';
import { runStream } from './streams.mjs';
import { servedModel } from './engine.mjs';
import { longestContext } from './tiny-model.mjs';

/** How late the clock of this process runs is looked at every so many milliseconds. */
const resolution = 5;

/** Everything that the streams share. */
class Load {
  constructor({ ports, seed, start }) {
    this.ports = ports;
    this.routed = ports.map((_, index) => index);
    this.seed = seed;
    this.start = start;
    this.ended = new AbortController();
    // Each open request and each waiting client listens.
    setMaxListeners(0, this.ended.signal);
    this.records = [];
    this.open = ports.map(() => 0);
    this.turn = 0;
  }

  /** The replica whose turn it is; undefined when all are out of routing. */
  next(fixed) {
    if (fixed !== undefined) return fixed;
    this.turn += 1;
    return this.routed[this.turn % this.routed.length];
  }

  /** Sends one request of a stream and keeps what it measured. */
  async send(stream, { prompt, output, random, replica }) {
    const chosen = this.next(replica ?? stream.replica);
    if (chosen === undefined) {
      this.records.push([now(), status.refused, prompt.length, 0, null, 0, [], 0, 0]);
      return { status: status.refused, text: '' };
    }
    const hangsUp = stream.abort && random.fraction() < (stream.share ?? 1);
    const text = stream.bad === 'length' ? Array(longestContext + 1).fill('w9') : prompt;
    this.open[chosen] += 1;
    const sent = await measure({
      port: this.ports[chosen],
      body: {
        model: stream.bad === 'model' ? 'absent' : servedModel,
        prompt: text.join(' '),
        max_tokens: output,
        ignore_eos: true,
        temperature: 0,
        stream: true,
        stream_options: { include_usage: true },
      },
      promptTokens: text.length,
      abortAfter: hangsUp ? random.between(stream.abort) : undefined,
      ended: this.ended.signal,
    });
    this.open[chosen] -= 1;
    this.records.push(recordOf(sent, chosen));
    return sent;
  }
}

/** One line of `client.jsonl`: seconds to a tenth of a millisecond, gaps to as many. */
function recordOf({ start, status: outcome, prompt, output, ttft, e2e, gaps }, replica) {
  const rounded = (seconds) => (seconds === null ? null : Math.round(seconds * 1e4) / 1e4);
  const tenths = gaps.map((gap) => Math.round(gap * 10) / 10);
  const begin = Math.round(start * 1e3) / 1e3;
  // Nothing is sent again: no retries.
  return [begin, outcome, prompt, output, rounded(ttft), rounded(e2e), tenths, 0, replica];
}

async function generate(load, { traffic }) {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  let from = load.start;
  const running = [];
  for (const [index, { until, streams }] of traffic.entries()) {
    const to = load.start + until;
    for (const [place, stream] of streams.entries()) {
      const random = new Random(`${load.seed} ${index} ${place}`);
      running.push(runStream(stream, { load, random, from, to }));
    }
    from = to;
  }
  await new Promise((resolve) => setTimeout(resolve, (from - now()) * 1000));
  load.ended.abort();
  await Promise.all(running);
  delay.disable();
  const seconds = (nanoseconds) => Math.max(0, nanoseconds / 1e9 - resolution / 1e3);
  return {
    records: load.records,
    late: { p99: seconds(delay.percentile(99)), max: seconds(delay.max) },
  };
}

let load;
process.on('message', async (message) => {
  if (message.routed) load.routed = message.routed;
  if (message.open) process.send({ open: load.open });
  if (!message.traffic) return;
  load = new Load(message);
  const result = await generate(load, message);
  process.send(result, () => process.disconnect());
});
// The verb that started it is gone.
process.on('disconnect', () => process.exit());
process.send({ ready: true });
