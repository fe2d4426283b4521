// What a test wants to see, from the part of the address after the hash.

/** Everything the pages can be asked for. */
export interface PageRequest {
  /** The `spec` of a Perses panel: display, plugin, queries. */
  panel: {
    display: { name: string };
    plugin: { kind: string; spec: object };
    queries: QueryJson[];
  };
  /** A whole dashboard, for the page that shows one. */
  dashboard?: object;
  /** Address of Prometheus; a path on the page's own server. */
  prometheus: string;
  /** Unix seconds. */
  range: { start: number; end: number };
  theme: 'light' | 'dark';
  size: { width: number; height: number };
}

export interface QueryJson {
  kind: 'TimeSeriesQuery';
  spec: { name?: string; plugin: { kind: string; spec: { query: string; minStep?: string } } };
}

/** The request in the page's address. */
export function pageRequest(): PageRequest {
  return JSON.parse(decodeURIComponent(location.hash.slice(1))) as PageRequest;
}
