// A frame of the heat map: the shipped painter against the same cells with fillRect and with
// careful pixels in JavaScript.

import { dayOfForty, dayOfFour, fleetResponse } from '../fleet-response.mjs';
import { interleave, ratioOf, spread } from '../ratio.mjs';
import { inChromium, publish } from '../site.mjs';

const where = 'Chromium';
const tasks = [
  { fleet: dayOfFour, pixelRatio: 1, rounds: 21 },
  { fleet: dayOfFour, pixelRatio: 2, rounds: 21 },
  { fleet: dayOfForty, pixelRatio: 1, rounds: 7 },
];
/** A day in minutes, and as many buckets as a native histogram of six decades may have. */
const largest = { full: { columns: 1440, rows: 64 }, width: 1440, height: 512 };
const largestRounds = 11;
const names = {
  paint: 'the shipped painter, map ready',
  rectangles: 'fillRect for each cell',
  pixels: 'careful JavaScript pixels + putImageData',
  whole: 'map computed and painted, as the panel does',
  wholeRectangles: 'map computed, then fillRect',
};

export const title = 'Heat-map frame';

export const remarks = [
  'Heat map: all contestants give the same picture, to the rounding of opacities. Chromium without a graphics card paints on ' +
    'the processor; with one, fillRect takes another time.',
];

export async function measure(say) {
  const ratios = [];
  const records = [];
  await inChromium(async ({ prepare }) => {
    for (const { fleet, pixelRatio, rounds } of tasks) {
      const response = publish(await fleetResponse(fleet));
      const [width, height] = [1600 * pixelRatio, 300 * pixelRatio];
      say(`Chromium, ${fleet.replicas} replicas, ${width} × ${height} device pixels`);
      const { facts, time, page } = await prepare('heat-map/page.mjs', { response, width, height });
      const measured = await interleave(Object.keys(names), rounds, time);
      await page.close();
      const what = `heat map of ${fleet.replicas} replicas, ${facts.columns} × ${facts.rows} cells, 1600 × 300 at pixel ratio ${pixelRatio}`;
      const add = (ours, rival) =>
        ratios.push({
          ...{
            id: `heat-map.${fleet.replicas}.${pixelRatio}.${ours}.${rival}`,
            against: names[rival],
            where,
            rounds,
          },
          ...{ what: `${what}: ${names[ours]}`, ratio: ratioOf(measured, ours, rival) },
        });
      // What is painted is the same however many replicas it comes from.
      if (fleet === dayOfFour) {
        add('paint', 'rectangles');
        add('paint', 'pixels');
      }
      add('whole', 'wholeRectangles');
      for (const [name, words] of Object.entries(names)) {
        records.push({
          what: `${what}: ${words}`,
          where,
          unit: 'ms',
          spread: spread(measured, name),
        });
      }
    }
    await measureLargest({ prepare, say }, { ratios, records });
  });
  return { ratios, records };
}

/** The largest map, which no response is needed for. */
async function measureLargest({ prepare, say }, { ratios, records }) {
  const { full, width, height } = largest;
  say(`Chromium, ${full.columns} × ${full.rows} cells`);
  const { time, page } = await prepare('heat-map/page.mjs', largest);
  const contestants = ['paint', 'rectangles', 'pixels'];
  const measured = await interleave(contestants, largestRounds, time);
  await page.close();
  const what = `heat map of ${full.columns} × ${full.rows} cells, none empty, ${width} × ${height} device pixels`;
  for (const rival of contestants.slice(1)) {
    ratios.push({
      ...{
        id: `heat-map.largest.paint.${rival}`,
        what: `${what}: ${names.paint}`,
        against: names[rival],
        where,
      },
      ...{ ratio: ratioOf(measured, 'paint', rival), rounds: largestRounds },
    });
  }
  for (const name of contestants) {
    const id = `heat-map.largest.${name}`;
    records.push({
      id,
      what: `${what}: ${names[name]}`,
      where,
      unit: 'ms',
      spread: spread(measured, name),
    });
  }
}
