import type { PrometheusClient } from './client.js';

/** What one instant query tells about the server. */
export interface Probe {
  /** Distance of two scrapes, milliseconds; undefined when no series answered. */
  scrapeInterval: number | undefined;
  /** Server time minus local time, milliseconds; 0 when it is not known. */
  clockOffset: number;
}

/** The probe counts samples over this long. */
const COUNTED_MS = 600_000;

/** Assumed when nothing answered: Prometheus's most common setting. */
export const DEFAULT_SCRAPE_INTERVAL = 15_000;

/**
 * Asks once how often the engine is scraped. `promql` is either a range selector of one gauge, whose samples show their
 * distance, or counts the samples of one gauge over ten minutes. The median decides, rounded to a second. With `time`,
 * the query is evaluated then and not at the server's present.
 */
export async function probe(
  client: PrometheusClient,
  promql: string,
  time?: number,
  signal?: AbortSignal,
): Promise<Probe> {
  const bytes = await client.queryInstant(promql, time, signal);
  const series = seriesOf(JSON.parse(new TextDecoder().decode(bytes)));
  const distances = series.flatMap((points) => (points.length === 1 ? countedDistance(points) : distancesOf(points)));
  const median = distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)];
  // The time of a vector is that of its evaluation; the last sample of a range may be much older.
  const evaluated = series.find((points) => points.length === 1)?.[0]?.time;
  return {
    scrapeInterval: median === undefined ? undefined : Math.max(1, Math.round(median / 1_000)) * 1_000,
    clockOffset: time === undefined && evaluated !== undefined ? evaluated - client.clock.now() : 0,
  };
}

interface Point {
  /** Unix milliseconds. */
  time: number;
  value: number;
}

function distancesOf(points: readonly Point[]): number[] {
  return points.slice(1).map((point, index) => point.time - (points[index]?.time ?? 0));
}

/** One point is a count of samples; fewer than two samples have no distance. */
function countedDistance([point]: readonly Point[]): number[] {
  return point !== undefined && point.value >= 2 ? [COUNTED_MS / point.value] : [];
}

/** The points of an instant response, vector or matrix. Whatever is neither is left out. */
function seriesOf(envelope: unknown): Point[][] {
  const result = (envelope as { data?: { result?: unknown } } | null)?.data?.result;
  if (!Array.isArray(result)) return [];
  return result.map((entry: { value?: unknown; values?: unknown } | null) => {
    const pairs = Array.isArray(entry?.values) ? entry.values : [entry?.value];
    return pairs.flatMap((pair: unknown) => {
      const point = Array.isArray(pair) ? { time: Number(pair[0]) * 1_000, value: Number(pair[1]) } : undefined;
      return point !== undefined && Number.isFinite(point.time) && Number.isFinite(point.value) ? [point] : [];
    });
  });
}
