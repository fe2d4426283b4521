// A day of each healthy variant of the simulator, scraped every 15 s, in the rule engine of
// Prometheus: no alert fires. `node tests/rules/healthy-day.mjs [VARIANT…]` runs them all and takes
// a minute or two each; the test of the stage takes a quarter of one.

import { pathToFileURL } from 'node:url';

import { newestSimulator } from '../live/simulated.mjs';
import { rulesOf } from './promtool.mjs';
import { replay } from './replay.mjs';

/** Variants in which nothing is wrong that anybody would want to be told of. */
export const healthy = [
  ...['plain', 'idle', 'sparse', 'bursts', 'restarted'],
  ...['disconnects', 'rolling-deploy', 'stall', 'scrape-gaps', 'traffic-stops'],
];

export const hardware = ['--hardware', 'llama-3.1-8b-h100'];

const day = 24;

/** Alerts that fire within so many hours of a variant: by name, the first minute. */
export async function hours(variant, count) {
  const args = [...hardware, '--healthy', variant];
  return replay(await rulesOf(), await newestSimulator(), args, { minutes: count * 60 });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const variants = process.argv.length > 2 ? process.argv.slice(2) : healthy;
  for (const variant of variants) {
    const fired = Object.entries(await hours(variant, day)).map(
      ([name, at]) => `${name} at ${at} min`,
    );
    console.log(`${variant}: ${fired.length > 0 ? fired.join(', ') : 'no alert'}`);
    if (fired.length > 0) process.exitCode = 1;
  }
}
