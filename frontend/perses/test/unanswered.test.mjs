// Which of a panel's queries brought nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { importSource } from './source.mjs';

const { unansweredQueries, unansweredNotices, titleOf } = await importSource('unanswered.ts');

function queryOf(query, name) {
  const plugin = { kind: 'PrometheusTimeSeriesQuery', spec: { query } };
  return { kind: 'TimeSeriesQuery', spec: { ...(name === undefined ? {} : { name }), plugin } };
}

const panelOf = (...queries) => ({ kind: 'Panel', spec: { queries } });
const answered = (definition) => ({ definition, data: { series: [] } });

test('a query without a result is unanswered, one without series is not', () => {
  const [good, bad] = [queryOf('up'), queryOf('sum(((')];
  assert.deepEqual(unansweredQueries(panelOf(bad, good), [answered(good)]), [bad]);
  assert.deepEqual(unansweredQueries(panelOf(good), [answered(good)]), []);
});

test('the same query twice needs two results', () => {
  const query = queryOf('up');
  assert.equal(unansweredQueries(panelOf(query, query), [answered(query)]).length, 1);
});

test('results whose definitions lost their names are recognised', () => {
  assert.deepEqual(
    unansweredQueries(panelOf(queryOf('up', 'liveness')), [answered(queryOf('up'))]),
    [],
  );
});

test('an application that keeps its queries elsewhere has none unanswered', () => {
  assert.deepEqual(unansweredQueries(undefined, []), []);
  assert.deepEqual(unansweredQueries({ kind: 'Panel', spec: {} }, []), []);
});

test('titles: the name, else the role, else the text', () => {
  const planned =
    'label_replace(x, "triage_role", "queue_time/increment/15000/vllm/vllm:", "", "")';
  assert.equal(titleOf(queryOf(planned, 'mine')), 'mine');
  assert.equal(titleOf(queryOf(planned)), 'queue_time');
  assert.equal(titleOf(queryOf('sum(((')), 'sum(((');
  assert.equal(titleOf(queryOf('x'.repeat(200))).length, 80);
});

test('one warning for all of them', () => {
  assert.deepEqual(unansweredNotices([]), []);
  const [one] = unansweredNotices([queryOf('sum(((')]);
  assert.equal(one.query, 'sum(((');
  const several = unansweredNotices([queryOf('a'), queryOf('b')]);
  assert.equal(several.length, 1);
  assert.match(several[0].text, /^2 queries .*: a, b\./);
});
