// Two reports on the same requests: counts are equal, everything else within what adding floats in
// another order explains.

import assert from 'node:assert/strict';

/** Relative, with room. */
const rounding = 1e-8;
/**
 * Bounds of quantiles leave room for the rounding of each sum, some µs, and a total is one of them,
 * not several.
 */
const boundRounding = 1e-5;

/**
 * Asserts that what is added up over replicas is the same; who a finding names depends on how much
 * is known of each.
 */
export function assertSameFigures(actual, expected, what) {
  assertSameSums(actual, expected, what);
  assertSame(actual.verdict.id, expected.verdict.id, `${what}.verdict`);
}

/** As `assertSameFigures`, where nothing is known of the processes that counted. */
export function assertSameSums(actual, expected, what) {
  const figures = ({ window, signals, phases }) => ({ window, signals, phases });
  assertSame(figures(actual), figures(expected), what);
}

function assertSame(actual, expected, where) {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const largest = Math.max(Math.abs(actual), Math.abs(expected));
    let tolerance = rounding * largest;
    if (/\.(lo|hi)$/.test(where)) tolerance = boundRounding * Math.max(1, largest);
    if (/\.(count|finished_requests)$/.test(where)) tolerance = 0;
    assert.ok(Math.abs(actual - expected) <= tolerance, `${where}: ${actual} against ${expected}`);
  } else if (
    actual !== null &&
    typeof actual === 'object' &&
    expected !== null &&
    typeof expected === 'object'
  ) {
    assert.deepEqual(Object.keys(actual), Object.keys(expected), where);
    for (const key of Object.keys(actual))
      assertSame(actual[key], expected[key], `${where}.${key}`);
  } else assert.equal(actual, expected, where);
}
