import type { PrometheusClient } from './client.js';

/** What one instant query tells about an engine on a server. */
export interface Probe {
  /** Distance of two scrapes, milliseconds; undefined when fewer than two samples answered. */
  scrapeInterval: number | undefined;
  /**
   * Names of the metrics that answered, the most frequent first: they carry the prefix that is in
   * use.
   */
  names: string[];
  /** Namespaces of the engines, each once. */
  namespaces: string[];
}

/** Assumed when nothing answered: Prometheus's most common setting. */
export const DEFAULT_SCRAPE_INTERVAL = 15_000;

/**
 * Asks once how often the engine is scraped and what its metrics are called. `promql` selects a
 * range of one gauge, so that the samples themselves show their distance, also of a target that is
 * seconds old; the median decides. With `time`, the range ends there and not at the server's
 * present.
 */
export async function probe(
  client: PrometheusClient,
  promql: string,
  time?: number,
  signal?: AbortSignal,
): Promise<Probe> {
  const bytes = await client.queryInstant(promql, time, signal);
  const series = seriesOf(JSON.parse(new TextDecoder().decode(bytes)));
  const distances = series
    .flatMap(({ times }) =>
      times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) * 1_000)),
    )
    .filter((distance) => distance > 0);
  const median = distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)];
  return {
    scrapeInterval: median === undefined ? undefined : withoutJitter(median),
    names: byFrequency(series.map(({ name }) => name).filter((name) => name !== '')),
    namespaces: [...new Set(series.map(({ namespace }) => namespace))].filter(Boolean).sort(),
  };
}

/**
 * A distance within this share of a whole second is that second: scrapes jitter, and a step of
 * 15.002 s would drift.
 */
const JITTER = 0.005;

function withoutJitter(ms: number): number {
  const whole = Math.round(ms / 1_000) * 1_000;
  return Math.abs(ms - whole) <= whole * JITTER ? whole : ms;
}

interface SampleTimes {
  name: string;
  /** Empty where the series has none. */
  namespace: string;
  /** Unix seconds. */
  times: number[];
}

interface Entry {
  metric?: { __name__?: unknown; namespace?: unknown };
  values?: unknown;
}

/** The sample times of a range vector. Whatever is none is left out. */
function seriesOf(envelope: unknown): SampleTimes[] {
  const result = (envelope as { data?: { result?: unknown } } | null)?.data?.result;
  if (!Array.isArray(result)) return [];
  return result.map((entry: Entry | null) => {
    const values: unknown[] = Array.isArray(entry?.values) ? entry.values : [];
    const times = values
      .map((pair) => Number(Array.isArray(pair) ? pair[0] : undefined))
      .filter(Number.isFinite);
    const { __name__: name = '', namespace = '' } = entry?.metric ?? {};
    return { name: String(name), namespace: String(namespace), times };
  });
}

function byFrequency(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]).map(([name]) => name);
}
