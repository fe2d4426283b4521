import type { DataFrame, DataQueryRequest } from '@grafana/data';

/**
 * The text of each query by its refId; what the data source says it executed counts before what the
 * panel asked.
 */
export class QueryTexts {
  readonly #executed = new Map<string, string>();
  readonly #asked = new Map<string, string>();

  constructor(frames: readonly DataFrame[], request?: Pick<DataQueryRequest, 'targets'>) {
    for (const { refId = '', meta } of frames) {
      // Only the first frame of a response carries it.
      const text = executedText(meta?.executedQueryString);
      if (text !== '' && !this.#executed.has(refId)) {
        this.#executed.set(refId, text);
      }
    }
    for (const target of request?.targets ?? []) {
      const text = askedText(target);
      if (text !== '') {
        this.#asked.set(target.refId, text);
      }
    }
  }

  /** The query behind a frame or an error; empty when nothing tells. */
  of(refId: string | undefined): string {
    return this.#executed.get(refId ?? '') ?? this.#asked.get(refId ?? '') ?? '';
  }

  /** Whether the panel has a query at all. */
  get isEmpty(): boolean {
    return this.#asked.size === 0 && this.#executed.size === 0;
  }
}

/** Prometheus data sources write `Expr: …`, then `Step: …` on a line of its own. */
function executedText(text: string | undefined): string {
  if (!text) {
    return '';
  }
  const [, expression = text] = /^Expr:\s*([\s\S]*?)\s*(?:\n\s*Step:[^\n]*)?$/.exec(text) ?? [];
  return expression.trim();
}

/** The field that holds the query differs by data source. */
function askedText(target: object): string {
  for (const name of ['expr', 'query', 'rawQuery']) {
    const value = Reflect.get(target, name);
    if (typeof value === 'string' && value.trim() !== '') {
      return value.trim();
    }
  }
  return '';
}
