// Ratios of interleaved runs: what a benchmark may claim.

import { spawnSync } from 'node:child_process';

/** Runs a program to its end and returns `{ ms, stdout }`. */
export function time(command, args) {
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (status === null || status > 2) throw new Error(`${command} ended with status ${status}: ${stderr}`);
  return { ms, stdout };
}

/** `[p25, median, p75]` of rival/ours over pairs that ran one after the other, so that a busy minute hits both. */
export function ratios(pairs) {
  return percentiles(pairs.map(({ ours, rival }) => rival / ours));
}

/** `[p25, median, p75]` */
export function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q) => {
    const place = q * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  };
  return [at(0.25), at(0.5), at(0.75)];
}

/** `4.2 × [4.0..4.5]`; below 1 with three decimals, or small ratios would read as nothing. */
export function formatRatio([low, median, high]) {
  const decimals = median < 1 ? 3 : 1;
  return `${median.toFixed(decimals)} × [${low.toFixed(decimals)}..${high.toFixed(decimals)}]`;
}
