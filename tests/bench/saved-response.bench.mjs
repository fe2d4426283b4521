// A day of four replicas, saved response → report: the command-line program against plain JavaScript doing the sums.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { fleetResponse, start, step, steps } from './fleet.mjs';
import { formatRatio, ratios, time } from './ratio.mjs';

const runs = 9;
const last = start + (steps - 1) * step;
const window = [last - 2400, last];
const baseline = [start, start + 12 * 3600];

const program = process.env.INFERENCE_TRIAGE;
if (!program) throw new Error('INFERENCE_TRIAGE names the program to measure; npm run bench sets it');
const rival = fileURLToPath(new URL('javascript-rival.mjs', import.meta.url));
const file = await fleetResponse();

const range = ([from, to]) => `${from}..${to}`;
const diagnoseArgs = ['--response', file, '--window', range(window), '--baseline', range(baseline), '--format', 'json'];
const ours = () => time(program, ['diagnose', ...diagnoseArgs]);
const theirs = () => time(process.execPath, [rival, file, ...window.map(String), ...baseline.map(String)]);

/** Nobody may win by computing something else. */
function assertSameAnswer() {
  const report = JSON.parse(ours().stdout);
  const sums = JSON.parse(theirs().stdout);
  const near = (actual, expected, what) =>
    assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${what}: ${actual} against ${expected}`);
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

assertSameAnswer();
const pairs = [];
for (let run = 0; run < runs; run++) {
  // Alternating who goes first keeps a warm file cache from favouring one side.
  if (run % 2 === 0) pairs.push({ ours: ours().ms, rival: theirs().ms });
  else {
    const rivalMs = theirs().ms;
    pairs.push({ rival: rivalMs, ours: ours().ms });
  }
}
console.log(`
| saved response → report, 4 replicas × 24 h at 15 s (${runs} interleaved runs) | median ratio [p25..p75] |
|---|--:|
| plain JavaScript (JSON.parse, typed arrays, sums only) ÷ native program (whole report) | ${formatRatio(ratios(pairs))} |
`);
