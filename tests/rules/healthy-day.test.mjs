// One healthy day fires no alert, evaluated every minute; healthy-day.mjs has the others.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { day, healthy } from './healthy-day.mjs';

test('a healthy day fires no alert', async () => {
  assert.ok(healthy.includes('rolling-deploy'));
  assert.deepEqual(await day('rolling-deploy'), {});
});
