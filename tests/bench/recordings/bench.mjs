// A diagnosis from recorded growth against the same from raw series, on a real Prometheus: its
// queries, its processor time, bytes, waiting; and what a minute of recordings costs.

import assert from 'node:assert/strict';

import { toOpenMetrics } from '../../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { recordedSeries } from '../../live/recorded.mjs';
import { diagnose, runProgram } from '../../live/program.mjs';
import { firstEnd, history, replicas, seriesCount } from '../queries/fleet.mjs';
import { processorMs, startCounter } from '../queries/wire.mjs';
import { interleave, ratioOf, spread } from '../ratio.mjs';

const rounds = 5;
const where = 'Prometheus 2.42';
const minutes = 60;
const end = Math.floor(firstEnd / 60_000) * 60;
const start = end - minutes * 60;
const times = ['--start', String(start), '--end', String(end), '--progress', 'never'];

/** Each way to ask for the same hour. */
const ways = {
  recorded: ['--recorded'],
  model: ['--grouping', 'model'],
  replica: ['--grouping', 'replica'],
};

export const title = 'Recordings';

export const remarks = [
  `Recordings: \`diagnose --url\` over an hour of ${replicas} replicas (${seriesCount().toLocaleString('en')} series), with ` +
    '`--recorded` at a step of a minute, and without at the scrape interval of 15 s. The gain grows with the replicas: recorded series are as ' +
    'many as for one. What the ruler pays for them every minute stands beside it.',
];

export async function measure(say) {
  say('history of the fleet, its recordings, and Prometheus with both');
  const raw = history();
  const series = await recordings(raw);
  const backfill = raw.replace('# EOF\n', toOpenMetrics(series));
  const prometheus = await startPrometheus({ backfill });
  const counter = await startCounter(prometheus.port);
  try {
    const cost = async (way) => {
      const before = [processorMs(prometheus.pid), counter.bytes(), performance.now()];
      const { report, stderr } = await diagnose(['--url', counter.url, ...times, ...ways[way]]);
      assert.ok(report?.window.finished_requests > 0, stderr);
      const after = [processorMs(prometheus.pid), counter.bytes(), performance.now()];
      const [processor, bytes, wall] = after.map((value, index) => value - before[index]);
      return { processor, bytes, wall };
    };
    const measured = await interleave(Object.keys(ways), rounds, cost);
    const { ratios, records } = compared(measured);
    records.push(await ruling(prometheus));
    return { ratios, records, sizes: await queries() };
  } finally {
    await counter.stop();
    await prometheus.stop();
  }
}

async function recordings(backfill) {
  const server = await startPrometheus({ backfill });
  try {
    return await recordedSeries(server, { start, end });
  } finally {
    await server.stop();
  }
}

const kinds = {
  processor: { words: 'server processor time', unit: 'ms', scale: 1 },
  bytes: { words: 'bytes on the wire (gzip)', unit: 'kB', scale: 1e-3 },
  wall: { words: 'the whole diagnosis', unit: 'ms', scale: 1 },
};

function compared(measured) {
  const [ratios, records] = [[], []];
  for (const [kind, { words, unit, scale }] of Object.entries(kinds)) {
    const of = measured.map((round) =>
      Object.fromEntries(Object.entries(round).map(([way, one]) => [way, one[kind]])),
    );
    for (const rival of ['model', 'replica'])
      ratios.push({
        id: `recordings.${rival}.${kind}`,
        what: `an hour from recordings: ${words}`,
        against: `raw series by ${rival}`,
        ...{ where, rounds, ratio: ratioOf(of, 'recorded', rival) },
      });
    for (const way of Object.keys(ways))
      records.push({
        what: `an hour, ${way === 'recorded' ? 'recorded' : `raw by ${way}`}: ${words}`,
        ...{ where, unit, spread: spread(of, way).map((value) => value * scale) },
      });
  }
  return { ratios, records };
}

/** What the server pays for one minute of all recordings, without writing them. */
async function ruling(prometheus) {
  const costs = [];
  for (let round = 0; round < rounds; round++) {
    const before = processorMs(prometheus.pid);
    const time = end - round * 60;
    await recordedSeries(prometheus, { start: time, end: time });
    costs.push({ minute: processorMs(prometheus.pid) - before });
  }
  return {
    what: 'the ruler, for each minute of recordings: server processor time',
    ...{ where, unit: 'ms', spread: spread(costs, 'minute') },
  };
}

/** How many queries each way asks. */
async function queries() {
  const sizes = [];
  for (const grouping of ['model', 'replica']) {
    const { stdout } = await runProgram(['plan', '--grouping', grouping, '--format', 'json']);
    sizes.push({
      id: `recordings.queries.${grouping}`,
      what: `queries of a diagnosis by ${grouping}`,
      value: JSON.parse(stdout).queries.length,
      unit: 'queries',
      detail: grouping === 'model' ? 'as many with recordings' : '',
    });
  }
  return sizes;
}
