// What a capsule leaves out of responses: names, and samples that the session has let go.

/** Labels whose values say nothing of whose engine it is, and that the diagnosis reads. */
const KEPT: ReadonlySet<string> = new Set([
  ...['__name__', 'le', 'quantile', 'triage_role', 'finished_reason', 'source', 'mode', 'phase'],
  ...['reason', 'status', 'code', 'handler', 'method', 'sleep_state', 'type', 'condition'],
  ...['cache_dtype', 'cache_policy', 'version'],
]);

/** Numbers and switches: what an engine is set to, no name of anything. */
function isPlain(value: string): boolean {
  return /^(true|false|none|auto|unknown)?$/i.test(value) || Number.isFinite(Number(value));
}

interface Series {
  metric?: Record<string, string>;
  values?: [number, string][];
  histograms?: [number, unknown][];
}

interface Response {
  data?: { result?: Series[] };
}

/** The text of a response without samples before a time, Unix milliseconds. */
export function withoutBefore(text: string, start: number): string {
  const response = JSON.parse(text) as Response;
  const isKept = ([time]: [number, unknown]): boolean => time * 1000 >= start;
  for (const series of response.data?.result ?? []) {
    if (series.values) series.values = series.values.filter(isKept);
    if (series.histograms) series.histograms = series.histograms.filter(isKept);
  }
  return JSON.stringify(response);
}

/**
 * Gives other values to the labels of range responses; equal values stay equal, across labels and
 * responses, so that what belongs together is still found.
 */
export class Redaction {
  readonly #names = new Map<string, string>();

  /** The text of one response with other names. */
  response(text: string): string {
    const response = JSON.parse(text) as Response;
    for (const series of response.data?.result ?? []) {
      const labels = Object.entries(series.metric ?? {});
      series.metric = Object.fromEntries(
        labels.map(([label, value]) => [label, KEPT.has(label) ? value : this.name(value)]),
      );
    }
    return JSON.stringify(response);
  }

  /** The other name of a value; the port of an address, numbers and switches stay. */
  name(value: string): string {
    if (isPlain(value)) return value;
    const [, host, port] = /^(.*?)(:\d+)$/.exec(value) ?? [];
    if (host !== undefined && port !== undefined) return `${this.name(host)}${port}`;
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const next = `name-${this.#names.size + 1}`;
    this.#names.set(value, next);
    return next;
  }
}
