// Puts each incident into a real Prometheus and keeps what its HTTP interface answers: the demo's
// data.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { onsetSeries, pairDistance, pairEnd, pairSeries } from './incidents.mjs';
import { toOpenMetrics } from './openmetrics.mjs';
import { root, Stop } from './process.mjs';
import { startPrometheus } from './prometheus.mjs';
import { buildSimulator, historyOf } from './simulator.mjs';

export const recordingsFolder = path.join(root, 'tests/incidents/recordings');

/** One query that a person would paste: every family of the engine, unaggregated. */
const rawSelector = '{__name__=~"vllm:.+|process_start_time_seconds",__name__!~".+_created"}';

const pairRange = { start: pairEnd - pairDistance, end: pairEnd, step: 15 };

const incidents = [
  {
    id: 'seed000-before',
    title: 'Two slots for three chats',
    story:
      'Three chat sessions share one GPU whose server admits two sequences at a time. Time to first token has a p95 of seven seconds while the KV cache is 2 % full.',
    truth: 'slot-cap',
    range: pairRange,
    series: () => pairSeries('before'),
  },
  {
    id: 'seed000-after',
    title: 'The same chats with sixteen slots',
    story:
      'The same three sessions after --max-num-seqs went from 2 to 16. Nothing waits any more.',
    truth: 'healthy',
    range: pairRange,
    series: () => pairSeries('after'),
  },
  {
    id: 'seed000-onset',
    title: 'The cap arrives with a deployment',
    story:
      'One hour of the same chats: sixteen slots until minute 32, then a new deployment allows two.',
    truth: 'slot-cap',
    series: onsetSeries,
  },
];

/**
 * Half-hours of the simulator, the fault from the middle on. `truth` is what was injected; where
 * the diagnosis has another name for it, `verdict` is that.
 */
const simulated = [
  { id: 'load-above-capacity', truth: 'load-above-capacity' },
  { id: 'kv-thrash', truth: 'kv-thrash' },
  { id: 'long-prompts', truth: 'long-prompts' },
  { id: 'prefix-cache-collapse', truth: 'prefix-cache-collapse' },
  { id: 'slow-decode', truth: 'slow-decode' },
  { id: 'front-end-cpu', truth: 'front-end-cpu', verdict: 'front-end' },
  { id: 'routing-imbalance', truth: 'routing-imbalance' },
  { id: 'healthy-full-cache', truth: 'healthy' },
];

/**
 * When the simulated half-hours begin, Unix seconds: noon of 15 January 2026, in the past of every
 * machine.
 */
const simulatedStart = 1_768_478_400;
const simulatedLength = 1800;

/**
 * The recordings as `{ id, title, story, truth, range, responses }`, answered by a real server now.
 */
export async function makeRecordings() {
  const recordings = [];
  for (const { series: load, ...incident } of incidents) {
    const series = load();
    const times = series[0].values.map(([seconds]) => seconds);
    const range = incident.range ?? { start: times[0], end: times[times.length - 1], step: 15 };
    recordings.push({
      ...incident,
      range,
      responses: [await answerOf(toOpenMetrics(series), range)],
    });
  }
  const simulator = await buildSimulator();
  for (const incident of simulated) {
    const range = { start: simulatedStart, end: simulatedStart + simulatedLength, step: 15 };
    const history = historyOf(simulator, incident.id, {
      start: simulatedStart,
      until: simulatedLength,
    });
    recordings.push({ ...incident, range, responses: [await answerOf(history, range)] });
  }
  return recordings;
}

/** What a real Prometheus with these samples answers to the raw selector. */
async function answerOf(backfill, range) {
  const server = await startPrometheus({ backfill });
  try {
    const response = await server.queryRange(rawSelector, range);
    if (response.status !== 'success')
      throw new Stop(`Prometheus refused the selector: ${response.error}`);
    return response;
  } finally {
    await server.stop();
  }
}

/** Writes every recording to `tests/incidents/recordings/<id>.json.gz`. */
export async function recordIncidents() {
  mkdirSync(recordingsFolder, { recursive: true });
  for (const recording of await makeRecordings()) {
    const bytes = gzipSync(JSON.stringify(recording), { level: 9 });
    writeFileSync(path.join(recordingsFolder, `${recording.id}.json.gz`), bytes);
    const { length } = recording.responses[0].data.result;
    console.log(`${recording.id}: ${length} series, ${(bytes.length / 1024).toFixed(0)} kB`);
  }
}
