// The verdict over time of a day: one call for a few steps against a report for each.

import assert from 'node:assert/strict';

import { dayOfForty, dayOfFour, fleetResponse } from '../fleet-response.mjs';
import { interleave, ratioOf, spread } from '../ratio.mjs';
import { inChromium, publish } from '../site.mjs';

const contestants = ['ours', 'reports'];

const tasks = [
  { fleet: dayOfFour, what: '4 replicas × 24 h at 300 s', rounds: 7 },
  { fleet: dayOfForty, what: '40 replicas × 24 h at 300 s', rounds: 5 },
];

export const title = 'Verdict over time';

export const remarks = [
  'Verdict over time: the 287 steps of a day, each diagnosed over its last five minutes, asked for eight at a time as the ' +
    'page does between frames, with decoding and JSON.parse. The rival configures each window and takes its whole report. ' +
    'The page does a slice of at most 11 ms a frame, so that the row is there after about one and a half times as long.',
];

export async function measure(say) {
  const ratios = [];
  const records = [];
  await inChromium(async ({ prepare }) => {
    for (const { fleet, what, rounds } of tasks) {
      say(`Chromium, ${what}`);
      const response = publish(await fleetResponse(fleet));
      const { time, page } = await prepare('timeline/page.mjs', { response });
      const [ours, reports] = await page.evaluate(() => globalThis.contestants.both());
      assert.equal(ours.length, 287);
      assert.deepEqual(ours, reports);
      const measured = await interleave(contestants, rounds, time, { warmUps: 1 });
      await page.close();
      const [name, where] = [`verdict over time, ${what}`, 'Chromium'];
      ratios.push({
        ...{ id: `timeline.${fleet.id}`, what: name, against: 'a report for each step', where },
        rounds,
        ratio: ratioOf(measured, 'ours', 'reports'),
      });
      const record = (contestant, words, id) =>
        records.push({
          ...{ id, what: `${name}: ${words}`, where, unit: 'ms' },
          spread: spread(measured, contestant),
        });
      record('ours', 'all steps, eight a call', `timeline.${fleet.id}.all`);
      record('reports', 'a report for each step');
    }
  });
  return { ratios, records };
}
