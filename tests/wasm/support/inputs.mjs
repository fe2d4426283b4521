// Recorded and converted inputs.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { root } from '../../../deploy/steps/process.mjs';

const recordings = path.join(root, 'tests/incidents/recordings');

/** Ids of the incidents recorded from a real Prometheus. */
export function incidentIds() {
  return readdirSync(recordings)
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => name.replace('.json.gz', ''))
    .sort();
}

/** The range responses of an incident, each as bytes. */
export function incidentResponses(id) {
  const text = gunzipSync(readFileSync(path.join(recordings, `${id}.json.gz`)));
  return JSON.parse(text).responses.map((response) => new TextEncoder().encode(JSON.stringify(response)));
}

/** Range responses as the batch a host would make of them: one shared time grid, NaN where a series has no sample. */
export function toBatch(responses) {
  const results = responses.flatMap((bytes) => JSON.parse(new TextDecoder().decode(bytes)).data.result);
  const grid = [...new Set(results.flatMap(({ values }) => values.map(([time]) => time * 1000)))].sort((a, b) => a - b);
  const index = new Map(grid.map((time, position) => [time, position]));
  const values = new Float64Array(grid.length * results.length).fill(NaN);
  const series = results.map((result, position) => {
    const offset = position * grid.length;
    for (const [time, value] of result.values) values[offset + index.get(time * 1000)] = Number(value);
    return { labels: result.metric, grid: 0, offset, length: grid.length };
  });
  return { times: Float64Array.from(grid), values, series, notices: [] };
}

/** Cuts a response in two at a time in Unix seconds: what was there first, and the tail that a refresh fetches. */
export function splitResponses(responses, seconds) {
  const part = (keep) =>
    responses.map((bytes) => {
      const response = JSON.parse(new TextDecoder().decode(bytes));
      const result = response.data.result
        .map((series) => ({ ...series, values: series.values.filter(([time]) => keep(time)) }))
        .filter((series) => series.values.length > 0);
      return new TextEncoder().encode(JSON.stringify({ ...response, data: { ...response.data, result } }));
    });
  return [part((time) => time < seconds), part((time) => time >= seconds)];
}
