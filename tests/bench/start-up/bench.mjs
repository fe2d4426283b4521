// From the module's bytes to the first report, in a fresh page each time.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { onsetSeries } from '../../../deploy/steps/incidents.mjs';
import { spread } from '../ratio.mjs';
import { benchFolder, inChromium, publish } from '../site.mjs';

const rounds = 15;
const stages = {
  compile: 'compile the module',
  instantiate: 'instantiate it',
  load: 'load one hour of an engine (252 series × 240)',
  report: 'first report',
  all: 'all four: bytes → first report',
};

export const title = 'Start-up';

export const remarks = [
  'Start-up: a new page each time, the module’s and the response’s bytes in memory already; nothing is warm, so the first ' +
    'report runs in code that the browser has only just compiled.',
];

export async function measure(say) {
  const file = path.join(benchFolder(), 'onset.json');
  writeFileSync(
    file,
    JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: onsetSeries() } }),
  );
  const response = publish(file);
  say(`Chromium, ${rounds} fresh pages`);
  const measured = [];
  await inChromium(async ({ prepare }) => {
    for (let round = 0; round < rounds; round++) {
      const { facts, page } = await prepare('start-up/page.mjs', { response });
      await page.close();
      measured.push(facts);
    }
  });
  const records = Object.entries(stages).map(([stage, words]) => ({
    ...{
      what: `start-up: ${words}`,
      where: 'Chromium',
      unit: 'ms',
      spread: spread(measured, stage),
    },
  }));
  return { records };
}
