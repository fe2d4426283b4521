// The CUE schema accepts what the diagnosis accepts and refuses the rest; the migration yields what
// the schema accepts.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { startCue, withMigration, withSchema } from './cue.mjs';

const schemas = path.resolve(import.meta.dirname, '../schemas');
const read = (...parts) => JSON.parse(readFileSync(path.join(schemas, ...parts), 'utf8'));
const examples = (kind) =>
  readdirSync(path.join(schemas, 'tests', kind)).map((file) => [file, read('tests', kind, file)]);

let cue;
before(async () => {
  cue = await startCue();
});
after(() => cue.stop());

test('there are no imports, so that no registry is needed', () => {
  for (const file of ['inference-triage.cue', 'migrate/migrate.cue']) {
    assert.doesNotMatch(readFileSync(path.join(schemas, file), 'utf8'), /^import/m, file);
  }
});

for (const [file, example] of examples('valid')) {
  test(`valid: ${file}`, () => {
    assert.deepEqual(cue.evaluate(withSchema(example)), example);
  });
}

for (const [file, example] of examples('invalid')) {
  test(`invalid: ${file}`, () => {
    assert.throws(() => cue.evaluate(withSchema(example)), `${file} was accepted`);
  });
}

for (const name of readdirSync(path.join(schemas, 'migrate/tests'))) {
  test(`migration: ${name}`, () => {
    const migrated = cue.evaluate(withMigration(read('migrate/tests', name, 'input.json')));
    assert.deepEqual(migrated, read('migrate/tests', name, 'expected.json'));
    assert.deepEqual(cue.evaluate(withSchema(migrated)), migrated);
  });
}

test('the migration is for our Grafana panel and for no other', () => {
  const text = readFileSync(path.join(schemas, 'migrate/migrate.cue'), 'utf8');
  assert.match(text, /^#grafanaType: "inferencetriage-phases-panel"$/m);
});
