// A quarter of a healthy day fires no alert, evaluated every minute; healthy-day.mjs has whole
// days.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { healthy, hours } from './healthy-day.mjs';

test('a quarter of a healthy day fires no alert', async () => {
  const variant = 'rolling-deploy';
  assert.ok(healthy.includes(variant));
  assert.deepEqual(await hours(variant, 6), {});
});
