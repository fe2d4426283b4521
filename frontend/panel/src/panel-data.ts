import type { SampleBatch, SessionInput } from '@inference-triage/engine';

/** A Prometheus range response: as bytes, as text, or as parsed JSON. */
export type RangeResponse = Uint8Array | ArrayBuffer | string | object;

/**
 * What the `data` property takes: range responses, raw or planned, and those of a history where
 * there is one; or one neutral batch.
 */
export type PanelData =
  { responses: readonly RangeResponse[]; history?: readonly RangeResponse[] } | SampleBatch;

/** The data in the form a session loads. Throws a TypeError that says what was expected. */
export function sessionInput(data: PanelData): SessionInput {
  if (typeof data !== 'object' || data === null) throw unusable();
  if ('responses' in data && Array.isArray(data.responses))
    return { responses: data.responses.map(bytesOf) };
  if ('verdict' in data || 'scopes' in data) throw isReport(data);
  if ('series' in data && 'times' in data && 'values' in data) return { batch: data };
  throw unusable();
}

/** The history beside the data, if they hold one. */
export function historyInput(data: PanelData): SessionInput | undefined {
  if (!('responses' in data) || !Array.isArray(data.history) || data.history.length === 0)
    return undefined;
  return { responses: data.history.map(bytesOf) };
}

function bytesOf(response: RangeResponse): Uint8Array {
  if (response instanceof Uint8Array) return response;
  if (response instanceof ArrayBuffer) return new Uint8Array(response);
  return new TextEncoder().encode(
    typeof response === 'string' ? response : JSON.stringify(response),
  );
}

/** A report holds no series to diagnose again, whatever its schema. */
function isReport(data: object): TypeError {
  const schema: unknown = Reflect.get(data, 'schema');
  const which = typeof schema === 'number' ? ` of schema ${schema}` : '';
  return new TypeError(
    `this is a report${which}, not data: hand over the range responses that it was made from, as { responses: […] }`,
  );
}

function unusable(): TypeError {
  return new TypeError(
    'the data property needs { responses: […] } or a sample batch with times, values and series',
  );
}
