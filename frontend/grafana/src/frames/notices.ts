import {
  DataFrameType,
  type DataFrame,
  type DataQueryError,
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
    add(
      'warning',
      withQueryName('an instant query brings one sample; set its type to Range', refId),
      refId
    );
  }
  const heatMaps = [...new Set(frames.filter(isHeatmapFormat).map(({ refId }) => refId ?? ''))];
  if (heatMaps.length > 0) {
    const which = heatMaps.length === 1 ? `query ${heatMaps[0]}` : `${heatMaps.length} queries`;
    add(
      'warning',
      `${which}: set the format to Time series; as a heat map, sums are lost and gaps are hidden`,
      ''
    );
  }
  return [...found.values()];
}

/** What went wrong with a query, in the words of the data source. */
export function errorText(error: DataQueryError): string {
  const { data, message, status, statusText } = error;
  const text = data?.message ?? data?.error ?? message ?? statusText;
  return (
    text?.trim() ||
    (status === undefined ? 'the query failed' : `the query failed with status ${status}`)
  );
}

function isHeatmapFormat({ meta }: DataFrame): boolean {
  return meta?.type === DataFrameType.HeatmapRows;
}

function withQueryName(text: string, refId: string | undefined): string {
  return refId ? `query ${refId}: ${text}` : text;
}

function levelOf({ severity }: QueryResultMetaNotice): Notice['level'] {
  return severity === 'error' || severity === 'warning' ? severity : 'info';
}
