// The step of a query and its macros, as the backend of Grafana's Prometheus data source works them
// out. Milliseconds.

/** Steps that Grafana rounds to, each with the largest interval that is rounded to it. */
const roundSteps = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1_500, 1_000],
  [3_500, 2_000],
  [7_500, 5_000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
];

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Most points that Prometheus gives for one series. */
const mostPoints = 11_000;

/** `15s` → 15000; a bare number counts seconds. */
export function readInterval(text) {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  if (number === undefined) throw new Error(`not an interval: ${text}`);
  return Number(number) * units[unit];
}

/** 90000 → `1m30s`, the way a duration is written into a query. */
export function writeInterval(milliseconds) {
  for (const unit of ['d', 'h', 'm', 's']) {
    if (milliseconds >= units[unit] && milliseconds % units[unit] === 0)
      return `${milliseconds / units[unit]}${unit}`;
  }
  return `${milliseconds}ms`;
}

const rounded = (interval) => roundSteps.find(([limit]) => interval <= limit)?.[1] ?? 7_200_000;

/** The step of one query over `from` to `to`. */
export function stepOf(
  { interval, intervalMs, maxDataPoints = 1_500, intervalFactor = 1 },
  from,
  to,
  scrapeInterval,
) {
  const isMacro = /^\$(__|\{__)/.test(interval ?? '');
  const asked =
    interval && !isMacro ? readInterval(interval) : intervalMs || readInterval(scrapeInterval);
  const fitting = (to - from) / maxDataPoints;
  const safe = rounded(Math.ceil((to - from) / mostPoints));
  return Math.max(fitting < asked ? asked : rounded(fitting), safe) * (intervalFactor || 1);
}

/** The query with its macros replaced. */
export function withoutMacros(expression, step, from, to, scrapeInterval) {
  const scrape = readInterval(scrapeInterval);
  const values = {
    __interval: writeInterval(step),
    __interval_ms: String(step),
    __rate_interval: writeInterval(Math.max(step + scrape, 4 * scrape)),
    __range: `${Math.round((to - from) / 1_000)}s`,
    __range_s: String(Math.round((to - from) / 1_000)),
    __range_ms: String(to - from),
  };
  return expression.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced, bare) => values[braced ?? bare] ?? whole,
  );
}

/** A time pushed back to the step's grid, so that a refresh asks for the same points again. */
export const onGrid = (time, step, offset = 0) =>
  Math.floor((time + offset) / step) * step - offset;
