// The kinds of traffic: when each sends its next request.

import { setTimeout as elapsed } from 'node:timers/promises';

import { promptOf, sharedPrefix, words } from './prompts.mjs';
import { now, status } from './request.mjs';

/** A client that was refused tries again after so many seconds, not at once. */
const pauseAfterRefusal = 0.5;

const kinds = {
  /** `n` clients, each of which sends again when it has its answer and has thought. */
  async closed(stream, context) {
    await Promise.all(Array.from({ length: stream.n }, () => oneClient(stream, context)));
  },

  /** Arrivals at random, `rate` a second, each of `batch` requests at once. */
  async poisson(stream, { load, random, from, to }) {
    const requests = [];
    for (let at = from + random.gap(stream.rate); at < to; at += random.gap(stream.rate)) {
      await until(at, load);
      if (load.ended.signal.aborted) break;
      for (let member = 0; member < (stream.batch ?? 1); member += 1) {
        requests.push(sendOne(stream, { load, random }));
      }
    }
    await Promise.all(requests);
  },

  /**
   * `n` conversations, each of `turns` turns: a prompt is all that was said before and a new
   * question. All begin with the same `prefix` words.
   */
  async sessions(stream, context) {
    await Promise.all(Array.from({ length: stream.n }, () => conversations(stream, context)));
  },
};

/** Ids of the kinds of streams. */
export const streamKinds = Object.keys(kinds);

/** Runs one stream from `from` to `to`, Unix seconds, and waits for its last answer. */
export async function runStream(stream, context) {
  await until(context.from, context.load);
  await kinds[stream.kind](stream, context);
}

async function oneClient(stream, { load, random, to }) {
  // Not all in the same step.
  await until(now() + random.fraction(), load);
  while (now() < to && !load.ended.signal.aborted) {
    const sent = await sendOne(stream, { load, random });
    await pause(stream, sent, { load, random });
  }
}

async function conversations(stream, { load, random, to }) {
  const system = sharedPrefix(1, stream.prefix ?? 0);
  await until(now() + random.between(stream.think ?? [0, 1]), load);
  while (now() < to && !load.ended.signal.aborted) {
    let history = system;
    for (let turn = random.whole(stream.turns); turn > 0 && now() < to; turn -= 1) {
      const prompt = [...history, ...words(random, random.whole(stream.prompt))];
      const sent = await sendOne(stream, { load, random, prompt });
      history = [...prompt, ...sent.text.split(' ').filter((word) => word !== '')];
      await pause(stream, sent, { load, random });
      if (load.ended.signal.aborted) return;
    }
  }
}

function sendOne(stream, { load, random, prompt = promptOf(stream, random) }) {
  return load.send(stream, { prompt, output: random.whole(stream.output), random });
}

function pause(stream, sent, { load, random }) {
  const think = stream.think ? random.between(stream.think) : 0;
  const refused = sent.status === status.refused || sent.status >= 400;
  return until(now() + Math.max(think, refused ? pauseAfterRefusal : 0), load);
}

/** Waits until a moment, Unix seconds, or until the recording ends. */
async function until(moment, load) {
  const milliseconds = (moment - now()) * 1000;
  if (milliseconds <= 0) return;
  try {
    await elapsed(milliseconds, undefined, { signal: load.ended.signal });
  } catch {
    // It ended.
  }
}
