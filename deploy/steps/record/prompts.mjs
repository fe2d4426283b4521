// Prompts of a wanted number of tokens, with or without a part that others share.

import { promptIds, wordOf } from './tiny-model.mjs';
import { Random } from './random.mjs';

/** `count` random words. */
export function words(random, count) {
  return Array.from({ length: count }, () => wordOf(random.whole(promptIds)));
}

/** The first `count` words that all requests of a group share. */
export const sharedPrefix = (group, count) => words(new Random(`prefix ${group}`), count);

/**
 * The prompt of one request of a stream: `prompt` tokens, of which the first `prefix` are the same
 * in each of `groups` groups.
 */
export function promptOf(stream, random) {
  const length = random.whole(stream.prompt);
  if (!stream.prefix) return words(random, length);
  const shared = sharedPrefix(random.whole([1, stream.groups ?? 1]), stream.prefix);
  return [...shared, ...words(random, Math.max(1, length - stream.prefix))];
}
