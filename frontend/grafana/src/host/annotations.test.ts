import { FieldType, toDataFrame } from '@grafana/data';

import { annotationsOf } from './annotations';

describe('annotations', () => {
  const frame = toDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: [2_000, 1_000, 3_000, null] },
      { name: 'timeEnd', type: FieldType.time, values: [5_000, 1_000, null, 9_000] },
      { name: 'title', type: FieldType.string, values: ['Deploy', '', null, 'lost'] },
      {
        name: 'text',
        type: FieldType.string,
        values: ['<b>v2</b> of gemma', 'restart of pod-0', '', ''],
      },
      { name: 'tags', type: FieldType.other, values: [['deploy'], [], ['oom', 'pod-1'], []] },
    ],
  });

  it('are read in order of time: a moment, or a stretch', () => {
    expect(annotationsOf([frame])).toEqual([
      { start: 1_000, text: 'restart of pod-0' },
      { start: 2_000, end: 5_000, text: 'Deploy: v2 of gemma' },
      { start: 3_000, text: 'oom, pod-1' },
    ]);
  });

  it('count once, however many queries bring them', () => {
    expect(annotationsOf([frame, frame])).toHaveLength(3);
  });

  it('may be missing', () => {
    expect(annotationsOf(undefined)).toEqual([]);
    expect(annotationsOf([toDataFrame({ fields: [] })])).toEqual([]);
  });
});
