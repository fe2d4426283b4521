import { migrateOptions, needsMigration } from './migrate';
import { readOptions } from './read';
import { defaultOptions, type PhasesOptions } from './types';

describe('options of any origin', () => {
  it.each([undefined, null, 7, 'text', [], {}])('%p becomes the default options', (raw) => {
    expect(readOptions(raw)).toEqual(defaultOptions());
  });

  it('keeps what is right and drops what is not', () => {
    const raw = {
      slo: {
        profile: 'rag',
        quantile: 0.99,
        objective: 0.9,
        targets: { ttft: 1.5, e2e: 'slow', other: 3 },
      },
      baseline: { mode: 'sideways', offset: '1d' },
      limits: { max_num_seqs: 16, unknown: 1 },
      sections: ['strips', 'verdict', 'nothing', 'strips'],
      runbook: 'https://runbooks.example/{cause}',
      stranger: true,
    };
    expect(readOptions(raw)).toEqual({
      ...defaultOptions(),
      slo: { profile: 'rag', quantile: 0.99, targets: { ttft: 1.5 } },
      baseline: { mode: 'auto', offset: '1d' },
      limits: { max_num_seqs: 16 },
      sections: ['strips', 'verdict'],
      runbook: 'https://runbooks.example/{cause}',
    });
  });

  it('changes nothing in options of today', () => {
    const options: PhasesOptions = {
      schema: 2,
      slo: {
        profile: 'agent',
        quantile: 0.9,
        targets: { ttft: 1, itl: 0.1, tpot: 0.1, e2e: 20 },
      },
      baseline: { mode: 'range', start: '2026-01-31T14:00:00Z', end: '$end' },
      scope: { model: '$model', replica: 'pod-0/0' },
      limits: { max_num_seqs: 8, kv_capacity_tokens: 90_000, max_model_len: 8192 },
      thresholds: { 'memory.full': 0.9 },
      prefix: 'our:',
      sections: ['verdict', 'matrix'],
      text_size: 'large',
      grouping: 'model',
    };
    expect(readOptions(options)).toEqual(options);
  });
});

describe('options of schema 1, as the first release saved them', () => {
  const options = {
    schema: 1,
    slo: { profile: 'rag', quantile: 0.99, objective: 0.9, targets: { ttft: 1.2 } },
    baseline: { mode: 'offset', offset: '1d' },
    scope: { model: '$model' },
    limits: { max_num_seqs: 16 },
    sections: ['verdict', 'phases', 'matrix', 'strips', 'heatmap', 'evidence', 'fleet'],
    grouping: 'model',
  };

  it('open without what is gone', () => {
    expect(needsMigration({ options })).toBe(true);
    expect(migrateOptions({ options })).toEqual({
      ...defaultOptions(),
      ...options,
      schema: 2,
      slo: { profile: 'rag', quantile: 0.99, targets: { ttft: 1.2 } },
      sections: ['verdict', 'phases', 'evidence', 'strips', 'heatmap', 'matrix', 'fleet'],
    });
  });
});

describe('version 0: the settings of the core, with numbers for times and durations', () => {
  const settings = {
    schema: 1,
    baseline: { mode: 'offset', offset: 86_400_000 },
    slo: { profile: 'batch', targets: { e2e: 45 } },
    quantiles: [0.5, 0.95],
    prefix: 'ray_vllm_',
  };

  it('becomes options', () => {
    expect(migrateOptions({ options: settings })).toEqual({
      ...defaultOptions(),
      slo: { profile: 'batch', targets: { e2e: 45 } },
      baseline: { mode: 'offset', offset: '1d' },
      prefix: 'ray_vllm_',
    });
  });

  it('keeps an interval in milliseconds readable', () => {
    const options = {
      baseline: { mode: 'range', start: 1_769_868_000_000, end: 1_769_869_800_000 },
    };
    expect(migrateOptions({ options }).baseline).toEqual({
      mode: 'range',
      start: '1769868000000',
      end: '1769869800000',
    });
  });

  it('is told from options of today', () => {
    expect(needsMigration({ options: settings })).toBe(true);
    expect(needsMigration({ options: {} })).toBe(true);
    expect(needsMigration({ options: defaultOptions() })).toBe(false);
    expect(needsMigration({ options: migrateOptions({ options: settings }) })).toBe(false);
  });
});
