import { EngineError } from './error.js';
import type { Handle } from './glue.js';
import type { NativeHistogram, SampleBatch } from './types.generated.js';

/** What a session takes: Prometheus range responses as the server sent them, or a host's batch. */
export type SessionInput = { responses: Uint8Array[] } | { batch: SampleBatch };

/**
 * An input of our own: hosts empty and reuse their arrays, and a rebuild after a trap needs them as
 * they were.
 */
export interface KeptInput {
  readonly bytes: number;
  /** The range responses as they came; undefined for a batch, which has another form. */
  readonly responses: readonly Uint8Array[] | undefined;
  load(handle: Handle): void;
  append(handle: Handle): void;
  loadHistory(handle: Handle): void;
}

/** Copies an input; throws `bad-data` when it is neither responses nor a batch. */
export function keep(input: SessionInput): KeptInput {
  if ('responses' in input) return keepResponses(input.responses);
  if ('batch' in input) return keepBatch(input.batch);
  throw new EngineError('bad-data', 'the input must have either "responses" or "batch"');
}

function keepResponses(responses: Uint8Array[]): KeptInput {
  const copies = responses.map((response) => {
    if (!isTyped(response, 'Uint8Array'))
      throw new EngineError('bad-data', 'each response must be a Uint8Array');
    return new Uint8Array(response);
  });
  return {
    bytes: copies.reduce((sum, copy) => sum + copy.byteLength, 0),
    responses: copies,
    load: (handle) => handle.loadResponses(copies),
    append: (handle) => handle.appendResponses(copies),
    loadHistory: (handle) => handle.loadHistoryResponses(copies),
  };
}

function keepBatch(batch: SampleBatch): KeptInput {
  const times = keepColumn(batch.times, 'times');
  const values = keepColumn(batch.values, 'values');
  const { series, native, notices } = batch;
  const description = new TextEncoder().encode(
    JSON.stringify({ series, native, notices }, histogramsAsText),
  );
  return {
    bytes: times.byteLength + values.byteLength + description.byteLength,
    responses: undefined,
    load: (handle) => handle.loadBatch(times, values, description),
    append: (handle) => handle.appendBatch(times, values, description),
    loadHistory: (handle) => handle.loadHistoryBatch(times, values, description),
  };
}

/**
 * Numbers of native histograms as text: JSON has no infinity, and the core reads text to the last
 * digit, as it does in Prometheus's own answers, but numbers of JSON only nearly.
 */
function histogramsAsText(key: string, value: unknown): unknown {
  if (key !== 'histograms') return value;
  const text = (number: number | undefined): string | undefined =>
    number === undefined ? undefined : String(number);
  return (value as NativeHistogram[]).map(({ count, sum, buckets }) => ({
    count: text(count),
    sum: text(sum),
    buckets: buckets.map((bucket) => bucket.map(String)),
  }));
}

function keepColumn(column: Float64Array, name: string): Float64Array {
  // A plain array may hold null, which a copy would silently turn into 0.
  if (!isTyped(column, 'Float64Array')) {
    throw new EngineError(
      'bad-data',
      `"${name}" of the batch must be a Float64Array with NaN for absent values`,
    );
  }
  return new Float64Array(column);
}

/** By name, because an array of another frame is not an instance of this frame's class. */
function isTyped(value: unknown, name: string): boolean {
  return (
    ArrayBuffer.isView(value) &&
    (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === name
  );
}
