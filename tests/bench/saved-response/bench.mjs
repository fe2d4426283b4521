// A day of four replicas, saved response → report: the command-line program against plain
// JavaScript doing the sums.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { buildCommandLine } from '../../../deploy/steps/build.mjs';
import { dayAtEveryScrape, fleetResponse, scrape, start } from '../fleet-response.mjs';
import { interleave, ratioOf, spread } from '../ratio.mjs';

const rounds = 5;
const last = start + (dayAtEveryScrape.scrapes - 1) * scrape;
const window = [last - 2400, last];
const baseline = [start, start + 12 * 3600];

export const title = 'Saved response → report, natively';

export const remarks = [
  'Saved response: whole processes, from start to end. The JavaScript (Node) parses the file, keeps typed arrays and does the ' +
    'sums of one window and one baseline; the program makes the whole report.',
];

export async function measure(say) {
  const program = await buildCommandLine();
  const rival = fileURLToPath(new URL('rival.mjs', import.meta.url));
  const file = await fleetResponse(dayAtEveryScrape);
  say('native program and Node');
  const range = ([from, to]) => `${from}..${to}`;
  const ours = [
    'diagnose',
    '--response',
    file,
    '--window',
    range(window),
    '--baseline',
    range(baseline),
    '--format',
    'json',
  ];
  const runs = {
    ours: () => runToEnd(program, ours),
    rival: () =>
      runToEnd(process.execPath, [rival, file, ...window.map(String), ...baseline.map(String)]),
  };
  assertSameAnswer(JSON.parse(runs.ours().stdout), JSON.parse(runs.rival().stdout));
  const measured = await interleave(['ours', 'rival'], rounds, (name) => runs[name]().ms, {
    warmUps: 0,
  });
  const what = 'saved response → report, 4 replicas × 24 h at 15 s, 120 MB';
  const where = 'native, JavaScript in Node';
  const against = 'JSON.parse + careful JavaScript, sums only';
  return {
    ratios: [
      {
        id: 'saved-response',
        what,
        against,
        where,
        rounds,
        ratio: ratioOf(measured, 'ours', 'rival'),
      },
    ],
    records: [
      {
        what: `${what}: the program`,
        where: 'native',
        unit: 'ms',
        spread: spread(measured, 'ours'),
      },
      { what: `${what}: ${against}`, where: 'Node', unit: 'ms', spread: spread(measured, 'rival') },
    ],
  };
}

function runToEnd(command, args) {
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  // 1 is a finding, 2 "cannot tell".
  if (status === null || status > 2)
    throw new Error(`${command} ended with status ${status}: ${stderr}`);
  return { ms, stdout };
}

/** Nobody may win by computing something else. */
function assertSameAnswer(report, sums) {
  const near = (actual, expected, what) =>
    assert.ok(
      Math.abs(actual - expected) <= 1e-9 * Math.abs(expected),
      `${what}: ${actual} against ${expected}`,
    );
  for (const [signal, { window: now, baseline: then }] of Object.entries(sums)) {
    const measured = report.signals[signal];
    assert.equal(measured.count, now.count, `${signal} count`);
    near(measured.mean, now.mean, `${signal} mean`);
    near(measured.baseline_mean, then.mean, `${signal} baseline mean`);
    now.quantiles.forEach(({ q, point }, index) =>
      near(measured.quantiles[index].point, point, `${signal} p${100 * q}`),
    );
    then.quantiles.forEach(({ q, point }, index) =>
      near(measured.baseline_quantiles[index].point, point, `${signal} baseline p${100 * q}`),
    );
  }
}
