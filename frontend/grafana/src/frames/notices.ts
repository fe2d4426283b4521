import {
  DataFrameType,
  FieldType,
  type DataFrame,
  type DataQueryError,
  type Field,
  type QueryResultMetaNotice,
} from '@grafana/data';
import type { Notice } from '@inference-triage/engine';

import type { QueryTexts } from './queries';

/** Whether a frame holds one sample a series, from which no growth can be read. */
export function isInstant({ meta }: DataFrame): boolean {
  const kind: unknown = meta?.custom?.['resultType'];
  return kind === 'vector' || kind === 'scalar' || meta?.type === DataFrameType.NumericMulti;
}

/** What the data source said about its answer, each message once. */
export function noticesOf(
  frames: readonly DataFrame[],
  errors: readonly DataQueryError[],
  queries: QueryTexts
): Notice[] {
  const found = new Map<string, Notice>();
  const add = (level: Notice['level'], text: string, refId: string | undefined): void => {
    const query = queries.of(refId);
    const key = JSON.stringify([level, text, query]);
    if (text !== '' && !found.has(key)) {
      found.set(key, { level, text, ...(query === '' ? {} : { query }) });
    }
  };
  for (const error of errors) {
    add('error', withQueryName(errorText(error), error.refId), error.refId);
  }
  for (const { meta, refId } of frames) {
    for (const notice of meta?.notices ?? []) {
      add(levelOf(notice), notice.text, refId);
    }
  }
  for (const refId of new Set(frames.filter(isInstant).map((frame) => frame.refId))) {
    add('warning', withQueryName('an instant query brings one sample; set its type to Range', refId), refId);
  }
  const mixed = new Set(frames.filter(holdsMixedRows).map(({ refId = '' }) => refId));
  if (mixed.size > 0) {
    const text = 'the format Heatmap mixes sums into the buckets and ruins both; set the format to Time series';
    add('error', `${mixed.size > 1 ? 'queries' : 'query'} ${[...mixed].join(', ')}: ${text}`, undefined);
  }
  for (const refId of new Set(frames.filter(isHeatmapFormat).map((frame) => frame.refId))) {
    const text = 'the format Heatmap subtracts buckets before they arrive and hides gaps; Time series is exact';
    add('info', withQueryName(text, refId), refId);
  }
  return [...found.values()];
}

/** What went wrong with a query, in the words of the data source. */
export function errorText(error: DataQueryError): string {
  const { data, message, status, statusText } = error;
  const text = data?.message ?? data?.error ?? message ?? statusText;
  return text?.trim() || (status === undefined ? 'the query failed' : `the query failed with status ${status}`);
}

function isHeatmapFormat({ meta }: DataFrame): boolean {
  return meta?.type === DataFrameType.HeatmapRows;
}

/**
 * Whether a heat map was made of buckets and other series, such as the sum of a planned query: Grafana subtracts
 * neighbours in a group of series that have all labels but `le` in common.
 */
function holdsMixedRows(frame: DataFrame): boolean {
  const rows = frame.fields.filter(({ type }) => type === FieldType.number);
  const isBucket = ({ labels }: Field): boolean => labels?.['le'] !== undefined;
  return isHeatmapFormat(frame) && rows.some(isBucket) && !rows.every(isBucket);
}

function withQueryName(text: string, refId: string | undefined): string {
  return refId ? `query ${refId}: ${text}` : text;
}

function levelOf({ severity }: QueryResultMetaNotice): Notice['level'] {
  return severity === 'error' || severity === 'warning' ? severity : 'info';
}
