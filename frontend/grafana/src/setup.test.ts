import { readFileSync } from 'node:fs';
import path from 'node:path';

import { loadEngine, type Engine } from '@inference-triage/engine';

import { setupOf } from './setup';

const wasm = path.resolve(
  __dirname,
  '../node_modules/@inference-triage/engine/dist/inference_triage.wasm'
);

let engine: Engine;
beforeAll(async () => {
  const loaded = await loadEngine(new Uint8Array(readFileSync(wasm)));
  if (loaded.state !== 'ready') {
    throw new Error(loaded.reason);
  }
  engine = loaded.engine;
});

describe('the set-up card', () => {
  it('says why, offers one query first, and names what was found', () => {
    const { message, queries, found } = setupOf(engine, 'This panel has no query yet.', ['up'], {
      grouping: 'replica',
    });
    expect(message).toMatch(/^This panel has no query yet\. Paste /);
    expect(queries[0]?.promql).toMatch(/^\{__name__=~"vllm:/);
    expect(found).toEqual(['up']);
  });

  it('writes the planned queries for Grafana, each with its role', () => {
    const { queries } = setupOf(engine, '', [], { grouping: 'replica' });
    const layers = ['dcgm', 'kube-state', 'kueue', 'cadvisor', 'amd'];
    const isOfLayer = ({ promql }: { promql: string }): boolean =>
      !promql.includes('"triage_role"');
    const planned = queries
      .slice(1)
      .filter((query) => !isOfLayer(query))
      .map(({ promql }) => promql);
    expect(planned.length).toBeGreaterThan(10);
    // What surrounds an engine keeps its own names, and is asked for where the engines run.
    const around = queries.slice(1).filter(isOfLayer);
    expect(around.map(({ title }) => title)).toEqual(expect.arrayContaining(layers));
    expect(queries[0]?.promql).not.toContain('$namespace');
    for (const { title, promql } of around) {
      const asks = promql.includes('namespace=~"$namespace"');
      expect([title, asks]).toEqual([title, title !== 'kueue' && layers.includes(title)]);
    }
    expect(planned.some((promql) => promql.includes('offset'))).toBe(false);
  });

  it('sums over replicas when asked, and follows a prefix', () => {
    const { queries } = setupOf(engine, '', [], { grouping: 'model', prefix: 'our:' });
    expect(queries[0]?.promql).toContain('"our:(');
    const sums = queries.filter(({ promql }) => promql.includes('sum by (le, model_name) '));
    expect(sums.length).toBeGreaterThan(5);
    // What a dashboard holds cannot ask first what happened to whom.
    expect(sums.every(({ promql }) => promql.includes('offset $__interval >= 0'))).toBe(true);
    expect(sums.some(({ promql }) => promql.includes('15000ms'))).toBe(false);
  });
});
