import {
  DataFrameType,
  DataTopic,
  FieldType,
  LoadingState,
  toDataFrame,
  type DataFrame,
  type Labels,
  type PanelData,
} from '@grafana/data';
import { BatchBuilder } from '@inference-triage/panel';

import { namesIn, readFrames } from './read';

const T = [1_000, 16_000, 31_000];

/** One series as the Prometheus data source answers a range query in the format Time series. */
function seriesFrame(
  refId: string,
  labels: Labels,
  values: unknown[],
  more: Partial<DataFrame> = {}
): DataFrame {
  return {
    ...toDataFrame({
      refId,
      meta: {
        type: DataFrameType.TimeSeriesMulti,
        typeVersion: [0, 1],
        custom: { resultType: 'matrix' },
      },
      fields: [
        { name: 'Time', type: FieldType.time, config: { interval: 15_000 }, values: [...T] },
        { name: labels['__name__'] ?? 'Value', type: FieldType.number, config: {}, labels, values },
      ],
    }),
    ...more,
  };
}

function panelData(series: DataFrame[], more: object = {}): PanelData {
  return { state: LoadingState.Done, series, timeRange: {} as PanelData['timeRange'], ...more };
}

function read(series: DataFrame[], more: object = {}) {
  const builder = new BatchBuilder();
  readFrames(builder, panelData(series, more));
  const batch = builder.build();
  const values = batch.series.map(({ offset, length }) => [
    ...batch.values.subarray(offset, offset + length),
  ]);
  const times = batch.series.map(({ grid, length }) => [
    ...batch.times.subarray(grid, grid + length),
  ]);
  return { batch, values, times };
}

describe('time series', () => {
  it('keeps labels, times and values, and stores an equal grid once', () => {
    const { batch, values, times } = read([
      seriesFrame('A', { __name__: 'vllm:num_requests_running', pod: 'p0' }, [1, 2, 2]),
      seriesFrame('A', { __name__: 'vllm:num_requests_waiting', pod: 'p0' }, [0, 5, 9]),
    ]);
    expect(batch.series.map(({ labels }) => labels)).toEqual([
      { __name__: 'vllm:num_requests_running', pod: 'p0' },
      { __name__: 'vllm:num_requests_waiting', pod: 'p0' },
    ]);
    expect(values).toEqual([
      [1, 2, 2],
      [0, 5, 9],
    ]);
    expect(times).toEqual([T, T]);
    expect(batch.times).toHaveLength(3);
  });

  it('reads nothing as absent, never as zero', () => {
    const { values } = read([
      seriesFrame('A', { __name__: 'vllm:num_requests_running' }, [null, undefined, 4]),
    ]);
    expect(values).toEqual([[NaN, NaN, 4]]);
  });

  it('holds its own copy: dashboards empty their arrays in place', () => {
    const frame = seriesFrame('A', { __name__: 'vllm:num_requests_running' }, [1, 2, 3]);
    const builder = new BatchBuilder();
    readFrames(builder, panelData([frame]));
    for (const field of frame.fields) {
      field.values.length = 0;
    }
    expect([...builder.build().values]).toEqual([1, 2, 3]);
  });

  it('takes a wide frame as one series a field', () => {
    const wide = toDataFrame({
      refId: 'A',
      fields: [
        { name: 'Time', type: FieldType.time, values: [...T] },
        { name: 'Value', type: FieldType.number, labels: { le: '1' }, values: [1, 2, 3] },
        { name: 'Value', type: FieldType.number, labels: { le: '+Inf' }, values: [2, 4, 6] },
      ],
    });
    const { batch, values } = read([wide]);
    expect(batch.series.map(({ labels }) => labels['le'])).toEqual(['1', '+Inf']);
    expect(values).toEqual([
      [1, 2, 3],
      [2, 4, 6],
    ]);
  });

  it('does not depend on the order of queries', () => {
    const frames = ['p0', 'p1', 'p2'].map((pod, index) =>
      seriesFrame('ABC'[index] ?? '', { __name__: 'vllm:num_requests_running', pod }, [
        index,
        index,
        index,
      ])
    );
    const byPod = (order: DataFrame[]) =>
      Object.fromEntries(
        read(order).batch.series.map(({ labels }, at) => [labels['pod'], read(order).values[at]])
      );
    expect(byPod([...frames].reverse())).toEqual(byPod(frames));
    expect(byPod(frames)).toEqual({ p0: [0, 0, 0], p1: [1, 1, 1], p2: [2, 2, 2] });
  });
});

describe('what a series is', () => {
  const summed = { le: '0.5', model_name: 'm' };
  const executed = {
    executedQueryString: 'Expr: sum by (le) (rate(vllm:x_bucket[1m]))\nStep: 15s',
  };
  const withMeta = (frame: DataFrame, meta: object): DataFrame => ({
    ...frame,
    meta: { ...frame.meta, ...meta },
  });

  it('gives every frame of a response the query that only the first one names', () => {
    const first = withMeta(seriesFrame('A', summed, [1, 2, 3]), executed);
    const { batch } = read([first, seriesFrame('A', { ...summed, le: '+Inf' }, [2, 3, 4])]);
    expect(batch.series.map(({ query }) => query)).toEqual([
      'sum by (le) (rate(vllm:x_bucket[1m]))',
      'sum by (le) (rate(vllm:x_bucket[1m]))',
    ]);
  });

  it('falls back to what the panel asked, by query name and not by position', () => {
    const targets = [
      { refId: 'B', expr: 'sum by (le) (rate(vllm:b_bucket[1m]))' },
      { refId: 'A', expr: 'sum by (le) (rate(vllm:a_bucket[1m]))' },
    ];
    const { batch } = read([seriesFrame('A', summed, [1, 2, 3])], { request: { targets } });
    expect(batch.series[0]?.query).toBe('sum by (le) (rate(vllm:a_bucket[1m]))');
  });

  it('reads a role written as a legend or as a query name, and takes no other legend for one', () => {
    const named = (refId: string, legend: string): DataFrame => {
      const frame = seriesFrame(refId, summed, [1, 2, 3]);
      frame.fields[1]!.config.displayNameFromDS = legend;
      return frame;
    };
    const roleOf = (frame: DataFrame) => read([frame]).batch.series[0]?.role;
    expect(roleOf(named('A', 'queue_time/increment/15000'))).toBe('queue_time/increment/15000');
    expect(roleOf(named('queue_time/rate', ''))).toBe('queue_time/rate');
    expect(roleOf(named('A', 'queue time'))).toBeUndefined();
    expect(roleOf(named('queue_time', 'queue_time'))).toBeUndefined();
  });

  it('leaves the label triage_role to speak for itself', () => {
    const frame = seriesFrame(
      'ttft/rate',
      { ...summed, triage_role: 'queue_time/increment/15000' },
      [1, 2, 3]
    );
    expect(read([frame]).batch.series[0]?.role).toBeUndefined();
  });

  it('uses the name of a field where a data source keeps the metric only there', () => {
    const frame = seriesFrame('A', {}, [1, 2, 3]);
    frame.fields[1]!.name = 'vllm:num_requests_running';
    expect(read([frame]).batch.series[0]).toMatchObject({
      labels: {},
      query: 'vllm:num_requests_running',
    });
  });
});

describe('other formats', () => {
  it('adds the rows of a classic heat map up again', () => {
    // Cumulative 3, 5, 9 and 4, 6, absent arrive as 3, 2, 4 and 4, 2, absent.
    const rows = toDataFrame({
      refId: 'A',
      meta: { type: DataFrameType.HeatmapRows },
      fields: [
        { name: 'Time', type: FieldType.time, values: [1_000, 16_000] },
        { name: '0.1', type: FieldType.number, labels: { le: '0.1', pod: 'p0' }, values: [3, 4] },
        {
          name: '+Inf',
          type: FieldType.number,
          labels: { le: '+Inf', pod: 'p0' },
          values: [4, null],
        },
        { name: '0.5', type: FieldType.number, labels: { le: '0.5', pod: 'p0' }, values: [2, 2] },
      ],
    });
    const { batch, values } = read([rows]);
    expect(batch.series.map(({ labels }) => labels)).toEqual([
      { le: '0.1', pod: 'p0' },
      { le: '0.5', pod: 'p0' },
      { le: '+Inf', pod: 'p0' },
    ]);
    expect(values).toEqual([
      [3, 4],
      [5, 6],
      [9, NaN],
    ]);
    expect(batch.notices).toEqual([
      { level: 'warning', text: expect.stringContaining('query A: set the format to Time series') },
    ]);
  });

  it('gathers the cells of a native histogram by time', () => {
    const labels = { __name__: 'vllm:request_queue_time_seconds', pod: 'p0' };
    const cell = (name: string, values: unknown[]) => ({
      name,
      type: FieldType.number,
      labels,
      values,
    });
    const cells = toDataFrame({
      refId: 'A',
      meta: { type: DataFrameType.HeatmapCells },
      fields: [
        { name: 'xMax', type: FieldType.time, labels, values: [16_000, 16_000, 1_000] },
        cell('yMin', [null, 0.5, -0.001]),
        cell('yMax', [0.5, 1, 0.001]),
        cell('count', [3, 4, 2]),
        cell('yLayout', [0, 0, 3]),
      ],
    });
    const { batch } = read([cells]);
    expect(batch.native).toHaveLength(1);
    expect(batch.native?.[0]).toMatchObject({
      labels,
      times: [1_000, 16_000],
      histograms: [
        { buckets: [[3, -0.001, 0.001, 2]] },
        {
          buckets: [
            [0, -Infinity, 0.5, 3],
            [0, 0.5, 1, 4],
          ],
        },
      ],
    });
    expect(batch.native?.[0]?.histograms[1]).not.toHaveProperty('count');
  });

  it('sorts the rows of a table into series, whatever their order', () => {
    const table = toDataFrame({
      refId: 'A',
      meta: { custom: { resultType: 'matrix' }, preferredVisualisationType: 'rawPrometheus' },
      fields: [
        { name: 'Time', type: FieldType.time, values: [1_000, 1_000, 16_000, 16_000] },
        {
          name: '__name__',
          type: FieldType.string,
          values: ['vllm:num_requests_running', 'up', 'vllm:num_requests_running', 'up'],
        },
        { name: 'pod', type: FieldType.string, values: ['p0', '', 'p0', ''] },
        { name: 'Value', type: FieldType.number, values: [3, 1, NaN, 1] },
      ],
    });
    const { batch, values, times } = read([table]);
    expect(batch.series.map(({ labels }) => labels)).toEqual([
      { __name__: 'vllm:num_requests_running', pod: 'p0' },
      { __name__: 'up' },
    ]);
    expect(times).toEqual([
      [1_000, 16_000],
      [1_000, 16_000],
    ]);
    expect(values).toEqual([
      [3, NaN],
      [1, 1],
    ]);
  });
});

describe('what goes with the data', () => {
  const good = seriesFrame('B', { __name__: 'vllm:num_requests_running' }, [1, 2, 3]);

  it('keeps the good results beside a failed query and passes its error on', () => {
    const { batch } = read([good], {
      errors: [{ refId: 'A', message: 'query timed out' }],
      request: { targets: [{ refId: 'A', expr: 'vllm:a' }] },
    });
    expect(batch.series).toHaveLength(1);
    expect(batch.notices).toEqual([
      { level: 'error', text: 'query A: query timed out', query: 'vllm:a' },
    ]);
  });

  it('passes the notices of the server on, each once', () => {
    const notice = { severity: 'warning' as const, text: 'results truncated' };
    const noticed = { ...good, meta: { ...good.meta, notices: [notice, notice] } };
    expect(read([noticed, noticed]).batch.notices).toEqual([
      { level: 'warning', text: 'results truncated' },
    ]);
  });

  it('leaves instant results out and says so', () => {
    const instant = {
      ...good,
      meta: { type: DataFrameType.NumericMulti, custom: { resultType: 'vector' } },
    };
    const { batch } = read([instant]);
    expect(batch.series).toEqual([]);
    expect(batch.notices).toEqual([
      {
        level: 'warning',
        text: 'query B: an instant query brings one sample; set its type to Range',
      },
    ]);
  });

  it('leaves exemplars out', () => {
    const exemplars = {
      ...good,
      meta: { dataTopic: DataTopic.Annotations, custom: { resultType: 'exemplar' } },
    };
    expect(read([exemplars]).batch.series).toEqual([]);
  });

  it('names what was found for the set-up card', () => {
    const other = seriesFrame('A', { __name__: 'node_load1' }, [1, 2, 3]);
    expect(namesIn([other, good, other])).toEqual(['node_load1', 'vllm:num_requests_running']);
  });
});
