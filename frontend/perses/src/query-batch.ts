// Query results of Perses as the one input that every session takes.

import type { Notice, SampleBatch } from '@inference-triage/engine';
import { BatchBuilder } from '@inference-triage/panel';
import type { HistogramSample, QueryDefinition, QueryResult, TimeSeries } from './perses.js';
import type { RoleFinder } from './roles.js';

type NativeHistogram = NonNullable<SampleBatch['native']>[number]['histograms'][number];

/** Every series that arrived. Nothing is found by position: Perses leaves failed queries out. */
export function toBatch(results: readonly QueryResult[], roles: RoleFinder): SampleBatch {
  const builder = new BatchBuilder();
  for (const { definition, data } of results) {
    const query = sentQuery({ definition, data });
    for (const series of data?.series ?? []) addSeries(builder, series, definition, query, roles);
  }
  return builder.build();
}

/** What the data source had to say about its answers. */
export function noticesOf(results: readonly QueryResult[]): Notice[] {
  return results.flatMap(({ definition, data }) => {
    const query = sentQuery({ definition, data });
    return (data?.metadata?.notices ?? []).map(({ type, message }) => ({
      level: type,
      text: message,
      ...(query === undefined ? {} : { query }),
    }));
  });
}

function sentQuery({ definition, data }: QueryResult): string | undefined {
  return data?.metadata?.executedQueryString ?? queryText(definition);
}

/** The PromQL of a query's definition, as its author wrote it. */
export function queryText({ spec }: QueryDefinition): string | undefined {
  const text: unknown = (spec.plugin.spec as { query?: unknown } | null | undefined)?.query;
  return typeof text === 'string' ? text : undefined;
}

function addSeries(
  builder: BatchBuilder,
  series: TimeSeries,
  definition: QueryDefinition,
  query: string | undefined,
  roles: RoleFinder,
): void {
  const { labels = {}, values, histograms = [] } = series;
  const description = { labels, query, ...roles.find(series, definition, query) };
  if (histograms.length > 0) {
    builder.addNative({
      ...description,
      times: histograms.map(([seconds]) => Math.round(seconds * 1000)),
      histograms: histograms.map(([, histogram]) => nativeHistogram(histogram)),
    });
    return;
  }
  builder.addSeries({
    ...description,
    times: values.map(([ms]) => Math.round(ms)),
    values: values.map(([, value]) => value),
  });
}

function nativeHistogram({ count, sum, buckets = [] }: HistogramSample): NativeHistogram {
  return {
    count: toNumber(count),
    sum: toNumber(sum),
    buckets: buckets.map(([rule, lower, upper, observations]) => [
      rule,
      toNumber(lower),
      toNumber(upper),
      toNumber(observations),
    ]),
  };
}

/** Prometheus writes infinities as `+Inf` and `-Inf`. */
function toNumber(value: number | string): number {
  if (typeof value === 'number') return value;
  return Number(value.replace(/^([+-]?)Inf$/, '$1Infinity'));
}
