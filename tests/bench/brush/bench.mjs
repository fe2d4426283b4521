// Brush → new report in a browser: the wasm engine's whole report against plain JavaScript doing
// the sums.

import assert from 'node:assert/strict';

import {
  dayOfForty,
  dayOfFour,
  fleetResponse,
  metricsOf,
  scrape,
  start,
  wide,
} from '../fleet-response.mjs';
import { interleave, ratioOf, spread } from '../ratio.mjs';
import { inChromium, publish } from '../site.mjs';
import { quantiles } from '../sums.mjs';

const script = 'brush/page.mjs';
const contestants = ['ours', 'rival', 'ownBaseline', 'withoutParsing'];

const tasks = [
  { fleet: dayOfFour, what: '4 replicas × 24 h at 300 s', moves: 40, rounds: 11 },
  { fleet: dayOfForty, what: '40 replicas × 24 h at 300 s', moves: 6, rounds: 7 },
  {
    fleet: wide,
    what: '40 replicas × 12 histograms × 20 buckets × 300 steps',
    moves: 6,
    rounds: 7,
  },
];

export const title = 'Brush → new report';

export const remarks = [
  'Brush: one move of the window is configure + the whole report + decoding and JSON.parse. The JavaScript has typed arrays ' +
    'and prefix sums prepared beforehand and computes increases, merged buckets, means and PromQL’s points of 11 histograms ' +
    'and mean, min and max of 4 gauges, for the window and its baseline. It has no bounds, sampling intervals, identity ' +
    'checks, limits, phases, findings, evidence or verdict, checks no settings, and takes clean data on one grid for granted.',
];

export async function measure(say) {
  const ratios = [];
  const records = [];
  await inChromium(async ({ prepare }) => {
    for (const { fleet, what, moves, rounds } of tasks) {
      const series = metricsOf(fleet).length * fleet.replicas;
      say(`Chromium, ${what}, ${series} series`);
      const response = publish(await fleetResponse(fleet));
      const { time, page } = await prepare(script, { response, ...positions(fleet, moves) });
      for (const answers of await page.evaluate(() => globalThis.contestants.both()))
        assertSameAnswer(answers);
      const measured = await interleave(contestants, rounds, time, { warmUps: 1 });
      await page.close();
      const named = `${what} (${series.toLocaleString('en')} series)`;
      const where = 'Chromium';
      ratios.push({
        ...{
          id: `brush.${fleet.id}`,
          what: `brush, ${named}`,
          against: 'careful JavaScript, sums only',
          where,
          rounds,
        },
        ratio: ratioOf(measured, 'ours', 'rival'),
      });
      const record = (contestant, words, id) =>
        records.push({
          id,
          what: `brush, ${named}: ${words}`,
          where,
          unit: 'ms',
          spread: spread(measured, contestant),
        });
      record('ours', 'configure + report', `brush.${fleet.id}.report`);
      record('ownBaseline', 'with the baseline that the engine finds itself');
      record('withoutParsing', 'of the first, without decoding and JSON.parse');
      record('rival', 'careful JavaScript, sums only');
    }
  });
  return { ratios, records };
}

/**
 * Windows of three quarters of an hour that move over the second half; the first half is the
 * baseline.
 */
function positions({ scrapes, every }, moves) {
  const steps = scrapes / every;
  const length = Math.min(Math.round((45 * 60) / (every * scrape)), Math.floor(steps / 4));
  const at = (index) => (start + index * every * scrape) * 1000;
  const [first, last] = [steps / 2 + length, steps - 1];
  const windows = Array.from({ length: moves }, (_, move) => {
    const end = Math.round(first + ((last - first) * move) / (moves - 1));
    return { start: at(end - length), end: at(end) };
  });
  return { windows, baseline: { start: at(0), end: at(steps / 2) } };
}

function near(actual, expected, what) {
  const isNear = Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
  assert.ok(isNear, `${what}: ${actual} against ${expected}`);
}

/** Nobody may win by computing something else. */
function assertSameAnswer({ report, sums, baseline }) {
  assert.equal(report.baseline.start, baseline.start);
  assert.equal(report.baseline.end, baseline.end);
  for (const [signal, now] of Object.entries(sums.window)) {
    const measured = report.signals[signal];
    const then = sums.baseline[signal];
    near(measured.mean, now.mean, `${signal} mean`);
    near(measured.baseline_mean, then.mean, `${signal} baseline mean`);
    if (now.points === undefined) {
      near(measured.min, now.min, `${signal} min`);
      near(measured.max, now.max, `${signal} max`);
    } else if (measured.unit === 's') {
      assert.equal(measured.count, now.count, `${signal} count`);
      quantiles.forEach((q, index) => {
        assert.equal(measured.quantiles[index].q, q);
        near(measured.quantiles[index].point, now.points[index], `${signal} p${100 * q}`);
        near(
          measured.baseline_quantiles[index].point,
          then.points[index],
          `${signal} baseline p${100 * q}`,
        );
      });
    }
  }
}
