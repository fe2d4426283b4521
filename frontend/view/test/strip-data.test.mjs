import assert from 'node:assert/strict';
import { test } from 'node:test';

import { load } from './load.mjs';

const { ceilingSamples, lonelySamples, stripsOf } = await load('src/charts/strip-data.ts');
const { ColumnStore, summarise } = await load('src/charts/columns.ts');
const { timeTicks } = await load('src/charts/time-ticks.ts');

const described = (id, strip, unit = 's') => ({ id, title: id, unit, strip });
const report = (columns, limits = []) => ({ columns, limits });
const columnsOf = (entries) =>
  new Map(Object.entries(entries).map(([id, values]) => [id, Float64Array.from(values)]));

test('phases are stacked from the last phase up, and a gap in one is a gap in all', () => {
  const columns = columnsOf({
    times: [0, 1, 2],
    'phase.queue': [1, NaN, 3],
    'phase.decode': [10, 20, NaN],
  });
  const [strip] = stripsOf(
    report([described('phase.queue', 'phases'), described('phase.decode', 'phases')]),
    columns,
  );
  assert.deepEqual(
    strip.series.map(({ drawn }) => drawn),
    [
      [11, null, null],
      [10, null, null],
    ],
  );
});

test('an absent sample is a gap, a zero is a zero', () => {
  const [strip] = stripsOf(
    report([described('waiting', 'scheduler')]),
    columnsOf({ waiting: [0, NaN, 2] }),
  );
  assert.deepEqual(strip.series[0].drawn, [0, null, 2]);
});

test('columns the report names but the session lacks make no strip', () => {
  assert.deepEqual(stripsOf(report([described('waiting', 'scheduler')]), new Map()), []);
});

test('the cap is drawn from when it binds', () => {
  const cap = { name: 'max_num_seqs', value: 2, provenance: 'inferred', since: 20 };
  const [strip] = stripsOf(
    report([described('running', 'scheduler')], [cap]),
    columnsOf({ running: [3, 2, 2] }),
  );
  assert.equal(strip.ceiling.label, 'limit 2 inferred');
  assert.deepEqual(ceilingSamples(Float64Array.of(10, 20, 30), strip.ceiling), [null, 2, 2]);
});

test('the cap of one engine is not drawn beside the sum of several', () => {
  const cap = { name: 'max_num_seqs', value: 2, provenance: 'inferred' };
  const columns = columnsOf({ running: [8, 8] });
  const [strip] = stripsOf(report([described('running', 'scheduler')], [cap]), columns, true);
  assert.equal(strip.ceiling, undefined);
});

test('a sample without neighbours is shown as a point', () => {
  assert.deepEqual(lonelySamples([1, null, 2, null, 3, 4]), [0, 2]);
});

test('unchanged columns are the same object, changed ones are not', () => {
  const store = new ColumnStore();
  const state = (last) => ({
    report: { columns: [described('waiting', 'scheduler')] },
    column: (id) => (id === 'times' ? Float64Array.of(1, 2) : Float64Array.of(NaN, last)),
  });
  const first = store.read(state(1));
  assert.equal(store.read(state(1)), first);
  assert.notEqual(store.read(state(2)), first);
});

test('a column of another length than its times is left out', () => {
  const store = new ColumnStore();
  const read = store.read({
    report: { columns: [described('waiting', 'scheduler')] },
    column: (id) => Float64Array.from(id === 'times' ? [1, 2] : [1]),
  });
  assert.deepEqual([...read.keys()], ['times']);
});

test('a summary leaves absent samples out and says when there is none', () => {
  const times = Float64Array.of(1, 2, 3, 4);
  assert.deepEqual(summarise(times, Float64Array.of(9, NaN, 2, 4), 2, 4), {
    mean: 3,
    min: 2,
    max: 4,
  });
  assert.equal(summarise(times, Float64Array.of(9, NaN, 2, 4), 2, 2), undefined);
});

test('time ticks are round, within the range and few enough', () => {
  const hour = 3_600_000;
  assert.deepEqual(timeTicks(0, hour, 5), [0, 900_000, 1_800_000, 2_700_000, hour]);
  assert.deepEqual(timeTicks(10, 10, 5), []);
  for (const span of [45_000, 300_000, hour, 24 * hour, 40 * 24 * hour, 4000 * 24 * hour]) {
    const ticks = timeTicks(1, 1 + span, 6);
    assert.ok(ticks.length >= 1 && ticks.length <= 7, `${ticks.length} ticks over ${span}`);
    assert.ok(ticks.every((tick) => tick >= 1 && tick <= 1 + span));
  }
});
