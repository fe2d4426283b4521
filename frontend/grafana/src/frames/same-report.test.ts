// What goes through Grafana's frames gives the report that the same answer gives as Prometheus sent
// it.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import {
  DataFrameType,
  FieldType,
  LoadingState,
  toDataFrame,
  type DataFrame,
  type PanelData,
} from '@grafana/data';
import { loadEngine, type Engine, type SessionInput } from '@inference-triage/engine';
import { BatchBuilder } from '@inference-triage/panel';

import { readFrames } from './read';

/** One series of a Prometheus range response. */
interface Series {
  metric: Record<string, string>;
  values: Array<[number, string]>;
}

const incidents = path.resolve(__dirname, '../../../../tests/incidents/recordings');
const wasm = path.resolve(
  __dirname,
  '../../node_modules/@inference-triage/engine/dist/inference_triage.wasm'
);

const recordings = readdirSync(incidents).map((name) => {
  const { id, responses } = JSON.parse(
    gunzipSync(readFileSync(path.join(incidents, name))).toString()
  );
  return { id: String(id), responses: responses as Array<{ data: { result: Series[] } }> };
});

let engine: Engine;
beforeAll(async () => {
  const loaded = await loadEngine(new Uint8Array(readFileSync(wasm)));
  if (loaded.state !== 'ready') {
    throw new Error(loaded.reason);
  }
  engine = loaded.engine;
});

function reportOf(input: SessionInput): unknown {
  const session = engine.createSession();
  session.load(input);
  const report = session.report();
  session.free();
  return report;
}

function throughFrames(series: DataFrame[]): unknown {
  const builder = new BatchBuilder();
  readFrames(builder, {
    state: LoadingState.Done,
    series,
    timeRange: {} as PanelData['timeRange'],
  });
  return reportOf({ batch: builder.build() });
}

function number(text: string): number {
  return text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text);
}

/** The format Time series: one frame a series. */
function timeSeries({ metric, values }: Series, index: number): DataFrame {
  return toDataFrame({
    refId: 'A',
    meta: {
      type: DataFrameType.TimeSeriesMulti,
      custom: { resultType: 'matrix' },
      ...(index === 0 ? { executedQueryString: 'Expr: {__name__=~"vllm:.*"}\nStep: 15s' } : {}),
    },
    fields: [
      { name: 'Time', type: FieldType.time, values: values.map(([time]) => time * 1000) },
      {
        name: metric['__name__'] ?? 'Value',
        type: FieldType.number,
        labels: metric,
        values: values.map(([, value]) => number(value)),
      },
    ],
  });
}

/** The format Table: all series in one frame, rows in order of time. */
function table(all: Series[]): DataFrame {
  const labels = [...new Set(all.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const rows = all
    .flatMap(({ metric, values }) => values.map(([time, value]) => ({ metric, time, value })))
    .sort((a, b) => a.time - b.time);
  return toDataFrame({
    refId: 'A',
    meta: { custom: { resultType: 'matrix' } },
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map(({ time }) => time * 1000) },
      ...labels.map((name) => ({
        name,
        type: FieldType.string,
        values: rows.map(({ metric }) => metric[name] ?? ''),
      })),
      { name: 'Value', type: FieldType.number, values: rows.map(({ value }) => number(value)) },
    ],
  });
}

describe.each(recordings)('recording $id', ({ responses }) => {
  const all = responses.flatMap(({ data }) => data.result);
  const direct = () =>
    reportOf({
      responses: responses.map((one) => new Uint8Array(Buffer.from(JSON.stringify(one)))),
    });

  it('is the same through time series', () => {
    expect(throughFrames(all.map(timeSeries))).toEqual(direct());
  });

  it('is the same with queries and frames in another order', () => {
    expect(throughFrames(all.map(timeSeries).reverse())).toEqual(direct());
  });

  it('is the same through a table', () => {
    expect(throughFrames([table(all)])).toEqual(direct());
  });
});
