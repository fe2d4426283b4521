// What a person sees while a verb works: stages, elapsed time, and one sentence when it stops.

import { Stop } from './process.mjs';

/** `75000` → `1 min 15 s`. */
export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Runs the stages in order, each announced with its number and closed with its time. */
export async function runStages(verb, stages) {
  const started = Date.now();
  for (const [index, stage] of stages.entries()) {
    const begun = Date.now();
    console.log(`\n[${index + 1}/${stages.length}] ${stage.id}: ${stage.title}`);
    try {
      await stage.run();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      throw new Stop(
        `Stage "${stage.id}" failed after ${duration(Date.now() - begun)}: ${error.message}\n${rerun(verb, stage)}`,
      );
    }
    console.log(
      `[${index + 1}/${stages.length}] ${stage.id}: done in ${duration(Date.now() - begun)}`,
    );
  }
  console.log(
    `\n${verb}: ${stages.length} of ${stages.length} stages done in ${duration(Date.now() - started)}`,
  );
}

function rerun(verb, stage) {
  return verb === 'test'
    ? `Run it again alone with: npm test -- --stage ${stage.id}`
    : `Run it again with: npm run ${verb}`;
}

/**
 * Runs a verb's body; prints an expected failure as plain text and anything else with its stack.
 */
export async function runVerb(body) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  try {
    if (major < 20 || (major === 20 && minor < 19)) {
      throw new Stop(`Node ${process.versions.node} is too old: install Node 20.19 or newer`);
    }
    await body(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Stop ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
