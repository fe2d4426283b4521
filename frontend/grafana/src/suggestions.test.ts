import { FieldType, getPanelDataSummary, toDataFrame, type Labels } from '@grafana/data';

import { suggest } from './suggestions';

function summaryOf(labels: Labels, name = 'Value', times = [1_000, 16_000], query?: string) {
  return getPanelDataSummary([
    toDataFrame({
      refId: 'A',
      meta: { executedQueryString: query },
      fields: [
        { name: 'Time', type: FieldType.time, values: times },
        { name, type: FieldType.number, labels, values: times.map(() => 1) },
      ],
    }),
  ]);
}

describe('suggestions', () => {
  it.each([
    [{ __name__: 'vllm:num_requests_running' }],
    [{ __name__: 'ray_vllm_num_requests_running' }],
    [{ triage_role: 'queue_time/increment/15000/vllm/vllm:', le: '0.5' }],
  ])('offer the panel for %p', (labels) => {
    expect(suggest(summaryOf(labels))).toEqual([
      expect.objectContaining({ name: 'Inference triage', score: 100 }),
    ]);
  });

  it('offer it for a sum whose query names the metric', () => {
    const query = 'Expr: sum by (le) (rate(vllm:request_queue_time_seconds_bucket[1m]))\nStep: 15s';
    expect(suggest(summaryOf({ le: '0.5' }, 'Value', undefined, query))).toHaveLength(1);
  });

  it('show the first two sections on the small card', () => {
    const [suggestion] = suggest(summaryOf({ __name__: 'vllm:num_requests_running' })) ?? [];
    expect(suggestion?.cardOptions?.previewModifier).toBeDefined();
    suggestion?.cardOptions?.previewModifier?.(suggestion);
    expect(suggestion?.options?.sections).toEqual(['verdict', 'phases']);
  });

  it('stay away from other data, from nothing, and from single samples', () => {
    expect(suggest(summaryOf({ __name__: 'node_load1' }))).toBeUndefined();
    expect(suggest(getPanelDataSummary([]))).toBeUndefined();
    expect(
      suggest(summaryOf({ __name__: 'vllm:num_requests_running' }, 'Value', [1_000]))
    ).toBeUndefined();
  });
});
