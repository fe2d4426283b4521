// Inputs: incidents recorded from a real Prometheus, and the scenario corpus.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { root, run } from '../../../deploy/steps/process.mjs';

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
  const { responses } = JSON.parse(
    gunzipSync(readFileSync(path.join(recordings, `${id}.json.gz`))),
  );
  return responses.map((response) => bytesOf(JSON.stringify(response)));
}

/** Every case of tests/scenarios: `[{ name, settings, responses }]`. */
export async function scenarios() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-scenarios-'));
  const program = ['--package', 'inference-triage-harness', '--bin', 'scenario-responses'];
  try {
    await run('cargo', ['run', '--quiet', '--release', ...program, '--', folder]);
    const files = readdirSync(folder).sort();
    return files.map((file) =>
      readScenario(file.replace('.json', ''), readFileSync(path.join(folder, file), 'utf8')),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Cut out as it was written: parsing and printing it again would lose how its numbers are spelt.
 */
function readScenario(name, text) {
  const { settings } = JSON.parse(text);
  const mark = ',"response":';
  return { name, settings, responses: [bytesOf(text.slice(text.indexOf(mark) + mark.length, -1))] };
}

/**
 * The responses, and every series once more under another model's name, with twice the value: two
 * scopes whose columns and heat maps differ.
 */
export function withTwin(responses) {
  return responses.map((bytes) => {
    const response = JSON.parse(new TextDecoder().decode(bytes));
    const twins = response.data.result.map(({ metric, values }) => ({
      metric: { ...metric, model_name: 'twin', instance: 'pod-twin', pod: 'pod-twin' },
      values: values.map(([time, value]) => [time, String(2 * readValue(value))]),
    }));
    const result = [...response.data.result, ...twins];
    return bytesOf(JSON.stringify({ ...response, data: { ...response.data, result } }));
  });
}

/**
 * Range responses as the batch a host would make of them: one shared time grid, NaN where a series
 * has no sample.
 */
export function toBatch(responses) {
  const results = responses.flatMap(
    (bytes) => JSON.parse(new TextDecoder().decode(bytes)).data.result,
  );
  const grid = [
    ...new Set(results.flatMap(({ values }) => values.map(([time]) => time * 1000))),
  ].sort((a, b) => a - b);
  const index = new Map(grid.map((time, position) => [time, position]));
  const values = new Float64Array(grid.length * results.length).fill(NaN);
  const series = results.map((result, position) => {
    const offset = position * grid.length;
    for (const [time, value] of result.values)
      values[offset + index.get(time * 1000)] = readValue(value);
    return { labels: result.metric, grid: 0, offset, length: grid.length };
  });
  return { times: Float64Array.from(grid), values, series, notices: [] };
}

/** Prometheus writes infinities as `+Inf` and `-Inf`. */
function readValue(text) {
  return Number(text.replace('Inf', 'Infinity'));
}

/** Cuts responses in two at a time in Unix seconds: the samples before it, and those from it on. */
export function splitResponses(responses, seconds) {
  const part = (keep) =>
    responses.map((bytes) => {
      const response = JSON.parse(new TextDecoder().decode(bytes));
      const result = response.data.result
        .map((series) => ({ ...series, values: series.values.filter(([time]) => keep(time)) }))
        .filter((series) => series.values.length > 0);
      return bytesOf(JSON.stringify({ ...response, data: { ...response.data, result } }));
    });
  return [part((time) => time < seconds), part((time) => time >= seconds)];
}

function bytesOf(text) {
  return new TextEncoder().encode(text);
}
