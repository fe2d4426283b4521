// One logarithmic axis that every row of the matrix shares, so that queue ≤ TTFT ≤ E2E can be seen.

import { formatTarget } from '../words/format.js';

/** A logarithmic axis over `[lo, hi]` seconds. */
export interface LogAxis {
  lo: number;
  hi: number;
  /** Values with a grid line and a label. */
  ticks: { at: number; label: string }[];
  /**
   * Position of a value in 0–1; values at or below 0 stand at the left edge, larger values than
   * `hi` at the right.
   */
  position(value: number): number;
}

const STEPS = [1, 2, 5];

/** The axis that holds every positive value given; one second's decade when there is none. */
export function logAxis(values: Iterable<number>): LogAxis {
  let [min, max] = [Infinity, 0];
  for (const value of values) {
    if (!(value > 0 && Number.isFinite(value))) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (max === 0) [min, max] = [0.1, 1];
  // Round ends keep the axis still while a brush or a refresh moves the values a little.
  const lo = roundDown(min * 0.9);
  const hi = Math.max(roundUp(max * 1.1), lo * 10);
  const span = Math.log10(hi / lo);
  const position = (value: number): number =>
    value <= 0 ? 0 : Math.min(1, Math.max(0, Math.log10(value / lo) / span));
  return { lo, hi, ticks: ticksOf(lo, hi), position };
}

function ticksOf(lo: number, hi: number): LogAxis['ticks'] {
  const decades = Math.log10(hi / lo);
  const multiples = decades < 1.5 ? STEPS : [1];
  const every = decades > 5.5 ? 2 : 1;
  const ticks: LogAxis['ticks'] = [];
  for (
    let exponent = Math.floor(Math.log10(lo));
    exponent <= Math.ceil(Math.log10(hi));
    exponent += 1
  ) {
    if (exponent % every !== 0) continue;
    for (const multiple of multiples) {
      const at = power(multiple, exponent);
      if (at >= lo * 0.999 && at <= hi * 1.001) ticks.push({ at, label: formatTarget(at) });
    }
  }
  return ticks;
}

function roundDown(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  return power([...STEPS].reverse().find((step) => power(step, exponent) <= value) ?? 1, exponent);
}

function roundUp(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  return power(STEPS.find((step) => power(step, exponent) >= value) ?? 10, exponent);
}

/** `multiple · 10^exponent` without the rounding of a negative power. */
function power(multiple: number, exponent: number): number {
  return exponent < 0 ? multiple / 10 ** -exponent : multiple * 10 ** exponent;
}
