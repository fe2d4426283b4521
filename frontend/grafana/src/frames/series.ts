import { FieldType, type DataFrame } from '@grafana/data';

import { identityOf } from './identity';
import type { SeriesSink } from './sink';

/** A frame with one time field and any number of value fields that carry their labels. */
export function addSeries(sink: SeriesSink, frame: DataFrame, query: string): void {
  const times: ArrayLike<number> | undefined = frame.fields.find(
    ({ type }) => type === FieldType.time
  )?.values;
  if (!times) {
    return;
  }
  for (const field of frame.fields.filter(({ type }) => type === FieldType.number)) {
    sink.addSeries({ ...identityOf(frame, field, query), times, values: field.values });
  }
}
