// Options to settings, and the schema's examples before the core.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { importSource, loadedEngine } from './source.mjs';

const { settingsOf } = await importSource('options.ts');
const engine = await loadedEngine();

/**
 * Invalid for the schema alone: the panel's own fields, and a prefix, which the core checks where
 * it plans queries.
 */
const schemaOnly = ['density.json', 'prefix-with-braces.json', 'runbook-of-another-kind.json'];

test('times and durations are read as people write them', () => {
  const baseline = {
    mode: 'range',
    start: '2026-01-31T14:00:00Z',
    end: 1_769_869_800_000,
    offset: '1h30m',
  };
  assert.deepEqual(
    settingsOf({
      baseline,
      window: { start: '2026-01-31T15:00:00+01:00', end: 1_769_868_600_000 },
    }),
    {
      schema: 1,
      baseline: {
        mode: 'range',
        start: 1_769_868_000_000,
        end: 1_769_869_800_000,
        offset: 5_400_000,
      },
      window: { start: 1_769_868_000_000, end: 1_769_868_600_000 },
    },
  );
});

test('what cannot be read is refused with a cure', () => {
  for (const baseline of [
    { offset: '1 day' },
    { offset: '0s' },
    { start: 'yesterday' },
    { end: '14:00' },
  ]) {
    assert.throws(
      () => settingsOf({ baseline }),
      (error) => error.code === 'bad-settings' && /write it like/.test(error.cure),
    );
  }
});

test('what only a panel has does not reach the core', () => {
  assert.deepEqual(
    settingsOf({ density: 'compact', timeZone: 'UTC', runbook: '/r', quantiles: [0.9] }),
    {
      schema: 1,
      quantiles: [0.9],
    },
  );
});

test('panels of the first schema open, and what is gone is refused in those of the second', () => {
  const spec = { slo: { objective: 0.9 }, sections: ['verdict', 'fleet'] };
  withSession((session) => {
    session.configure(settingsOf(spec));
    session.configure(settingsOf({ schema: 1, ...spec }));
    assert.throws(() => session.configure(settingsOf({ schema: 2, ...spec })), /slo\.objective/);
  });
});

for (const [file, { spec }] of examples('valid')) {
  test(`the core accepts the schema's valid example ${file}`, () =>
    withSession((session) => session.configure(settingsOf(spec))));
}

for (const [file, { kind, spec }] of examples('invalid')) {
  if (kind !== 'InferenceTriage' || schemaOnly.includes(file)) continue;
  test(`panel or core refuse the schema's invalid example ${file}`, () =>
    withSession((session) => assert.throws(() => session.configure(settingsOf(spec)))));
}

function examples(kind) {
  const folder = path.resolve(import.meta.dirname, '../schemas/tests', kind);
  return readdirSync(folder).map((file) => [
    file,
    JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
  ]);
}

function withSession(use) {
  const session = engine.createSession();
  try {
    return use(session);
  } finally {
    session.free();
  }
}
