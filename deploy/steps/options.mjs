// Options of the verbs.

import { parseArgs } from 'node:util';

import { Stop } from './process.mjs';

/** Parses a verb's arguments; a mistake stops the verb with the verb's usage line. */
export function readOptions(args, options, usage) {
  try {
    return parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    throw new Stop(`${error.message}\nUsage: ${usage}`);
  }
}

/** `90s`, `2m`, `1h` or plain seconds → milliseconds. */
export function readDuration(text) {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text);
  if (!match) throw new Stop(`"${text}" is not a duration; write it like 90s, 2m or 1h`);
  return Number(match[1]) * { s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'];
}
