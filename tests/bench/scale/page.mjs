// Inside a fresh page: a day of a fleet at some step, made here, into a session; how large the
// module's memory grows, and when the first verdict is there.

import { Replica } from '../replica.mjs';

/**
 * `fleet` as in fleet-response.mjs with its `metrics`, `start` and `scrape`; `asColumns` for a
 * host's batch, else one response for each replica. `refusedEvery` is a step of as many scrapes
 * that the session has to refuse as columns.
 */
export async function prepare(url, { fleet, asColumns, refusedEvery }) {
  const [{ loadEngine }, { wasmUrl }] = await Promise.all([
    import(`${url}engine/dist/index.js`),
    import(`${url}engine/dist/wasm.js`),
  ]);
  const loaded = await loadEngine(wasmUrl);
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const { engine } = loaded;
  const refusal = refusedEvery && refusalOf(engine, { ...fleet, every: refusedEvery });
  const input = asColumns ? { batch: batchOf(fleet) } : { responses: responsesOf(fleet) };
  const rounds = [];
  for (let round = 0; round < 3; round++) rounds.push(firstVerdict(engine, input));
  return { facts: { ...rounds[0], refusal, verdicts: rounds.map(({ verdict }) => verdict) } };
}

/** A session of its own each time, which gives all memory back. */
function firstVerdict(engine, input) {
  const session = engine.createSession();
  const began = performance.now();
  session.load(input);
  const loaded = engine.memoryBytes;
  const report = session.report();
  const verdict = performance.now() - began;
  if (report.verdict.id === undefined) throw new Error('the first report has no verdict');
  session.heatMap(report.scope, { signal: 'ttft', columns: 180, quantile: 0.95 });
  const facts = { loaded, verdict, peak: engine.memoryBytes, kept: session.keptBytes };
  session.free();
  return facts;
}

const stepsOf = ({ scrapes, every }) => Math.ceil(scrapes / every);
const timesOf = ({ start, scrape, every, ...fleet }) =>
  Float64Array.from(
    { length: stepsOf({ every, ...fleet }) },
    (_, step) => start + step * every * scrape,
  );

/** What the session says to a batch of this size. */
function refusalOf(engine, fleet) {
  const values = new Float64Array(fleet.replicas * fleet.metrics.length * stepsOf(fleet));
  const times = timesOf(fleet).map((seconds) => seconds * 1000);
  const session = engine.createSession();
  try {
    session.load({ batch: { times, values, series: [], native: [], notices: [], not_finite: 0 } });
  } catch ({ message }) {
    return message;
  } finally {
    session.free();
  }
  return undefined;
}

/** Calls back with each replica's number and its values, one column behind the other. */
function eachReplica({ metrics, replicas, scrapes, every, start }, use) {
  const steps = stepsOf({ scrapes, every });
  for (let number = 0; number < replicas; number++) {
    const replica = new Replica(metrics, { seed: 17 + number, scrapes, start });
    const columns = new Float64Array(metrics.length * steps);
    for (let index = 0; index < scrapes; index++) {
      replica.advance(index);
      if (index % every !== 0) continue;
      const values = replica.values();
      for (let series = 0; series < values.length; series++)
        columns[series * steps + index / every] = values[series];
    }
    use(number, columns);
  }
}

const labelsOf = (metric, number) => ({
  ...metric,
  instance: `pod-${String(number).padStart(4, '0')}`,
});

function batchOf(fleet) {
  const length = stepsOf(fleet);
  const each = length * fleet.metrics.length;
  const values = new Float64Array(fleet.replicas * each);
  const series = [];
  eachReplica(fleet, (number, columns) => {
    values.set(columns, number * each);
    fleet.metrics.forEach((metric, at) =>
      series.push({
        labels: labelsOf(metric, number),
        ...{ grid: 0, offset: number * each + at * length, length },
      }),
    );
  });
  const times = timesOf(fleet).map((seconds) => seconds * 1000);
  return { times, values, series, native: [], notices: [], not_finite: 0 };
}

function responsesOf(fleet) {
  const times = timesOf(fleet);
  const responses = [];
  eachReplica(fleet, (number, columns) => {
    const result = fleet.metrics.map((metric, at) => {
      const own = columns.subarray(at * times.length, (at + 1) * times.length);
      const samples = Array.from(own, (value, step) => `[${times[step]},"${value}"]`);
      return `{"metric":${JSON.stringify(labelsOf(metric, number))},"values":[${samples.join(',')}]}`;
    });
    const text = `{"status":"success","data":{"resultType":"matrix","result":[${result.join(',')}]}}`;
    responses.push(new TextEncoder().encode(text));
  });
  return responses;
}
