import { DataTopic, type DataFrame, type PanelData } from '@grafana/data';

import { addCells, isCells } from './cells';
import { addLong, isLong } from './long';
import { isInstant, noticesOf } from './notices';
import { QueryTexts } from './queries';
import { addRows, isRows } from './rows';
import { addSeries } from './series';
import type { SeriesSink } from './sink';

/**
 * Reads all results of a panel into a sink. The order of queries and frames says nothing: hosts
 * drop failed ones.
 */
export function readFrames(sink: SeriesSink, data: PanelData): void {
  const queries = new QueryTexts(data.series, data.request);
  const frames = data.series.filter(({ meta }) => meta?.dataTopic !== DataTopic.Annotations);
  for (const frame of frames.filter((one) => !isInstant(one))) {
    readerOf(frame)(sink, frame, queries.of(frame.refId));
  }
  for (const notice of noticesOf(frames, errorsOf(data), queries)) {
    sink.addNotice(notice);
  }
}

/** Every error of the queries. */
export function errorsOf({ errors = [] }: PanelData): NonNullable<PanelData['errors']> {
  return errors;
}

/** Names by which the reader recognises what a panel got, for a set-up card. */
export function namesIn(frames: readonly DataFrame[]): string[] {
  const names = frames.flatMap(({ fields }) =>
    fields.flatMap(({ labels, values }) => {
      const name = labels?.['__name__'];
      return name === undefined || values.length === 0 ? [] : [name];
    })
  );
  return [...new Set(names)].sort();
}

function readerOf(frame: DataFrame): (sink: SeriesSink, frame: DataFrame, query: string) => void {
  if (isCells(frame)) {
    return addCells;
  }
  if (isRows(frame)) {
    return addRows;
  }
  return isLong(frame) ? addLong : addSeries;
}
