// What the clients measured in a window of time, as `truth.json` states it.

/** Positions in a line of `client.jsonl`. */
const at = { start: 0, status: 1, output: 3, ttft: 4, e2e: 5, gaps: 6 };

/**
 * The figures of the lines in a window `[from, to)`, Unix seconds. Each moment counts where it
 * fell, as an engine's counters do: a first token when it came, a request when it finished.
 */
export function figuresOf(lines, [from, to]) {
  const within = (moment) => moment >= from && moment < to;
  const closed = lines.filter((line) => within(line[at.start] + line[at.e2e]));
  const finished = closed.filter((line) => line[at.status] === 200);
  const answered = lines.filter((line) => line[at.ttft] !== null);
  const first = answered.filter((line) => within(line[at.start] + line[at.ttft]));
  const several = finished.filter((line) => line[at.output] > 1);
  return {
    ttft: summary(first.map((line) => line[at.ttft])),
    itl: summary(answered.flatMap((line) => gapsWithin(line, within))),
    e2e: summary(finished.map((line) => line[at.e2e])),
    tpot: summary(several.map((line) => (line[at.e2e] - line[at.ttft]) / (line[at.output] - 1))),
    statuses: countsOf(closed.map((line) => line[at.status])),
    tokens_finished: finished.reduce((sum, line) => sum + line[at.output], 0),
    started: lines.filter((line) => within(line[at.start])).length,
  };
}

/** Gaps between tokens, seconds, of which the later token came within the window. */
function gapsWithin(line, within) {
  let moment = line[at.start] + line[at.ttft];
  return line[at.gaps].flatMap((gap) => {
    moment += gap / 1000;
    return within(moment) ? [gap / 1000] : [];
  });
}

/** Seconds as they are stated: means and quantiles to 10 µs, and only how many if none. */
function summary(values) {
  if (values.length === 0) return { n: 0 };
  const sorted = values.toSorted((a, b) => a - b);
  const stated = (seconds) => Math.round(seconds * 1e5) / 1e5;
  const quantile = (share) => stated(sorted[Math.floor(share * sorted.length)]);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    n: sorted.length,
    mean: stated(sum / sorted.length),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
  };
}

function countsOf(values) {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
