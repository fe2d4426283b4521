import type { DataFrame, Field, Labels } from '@grafana/data';

/** What is known of a series besides its samples; the core finds its role from it. */
export interface Identity {
  labels: Record<string, string>;
  role?: string;
  query?: string;
}

/**
 * A role as the label `triage_role` writes it, `<role>/<kind>` with optional window, engine and
 * prefix behind. The kind is what tells it from any other legend.
 */
const WRITTEN_ROLE =
  /^[a-z][a-z0-9_]*\/(?:increment|rate|increase|gauge|counter)(?:\/[^/\s]*){0,3}$/;

/** Names that a data source gives a value field whose series has none. */
const NAMELESS = /^(?:value(?: #.*)?|\d+|)$/i;

/** The identity of one value field. */
export function identityOf(frame: DataFrame, field: Field, query: string): Identity {
  return identityFrom({ ...field.labels }, query, [legendOf(field), frame.refId ?? ''], field.name);
}

/**
 * The identity of a series whose labels are known, with the texts that may hold its role and the
 * name of its values.
 */
export function identityFrom(
  labels: Labels,
  query: string,
  texts: readonly string[],
  name: string
): Identity {
  const role = texts.map((text) => text.trim()).find((text) => WRITTEN_ROLE.test(text));
  // Some data sources keep the metric's name in the field alone; in front of the query text it is
  // found first.
  const hint =
    labels['__name__'] === undefined && !NAMELESS.test(name) ? `${name} ${query}`.trim() : query;
  return {
    labels,
    ...(role === undefined || labels['triage_role'] !== undefined ? {} : { role }),
    ...(hint === '' ? {} : { query: hint }),
  };
}

/** The legend as the reader sees it; empty when it is the default. */
function legendOf({ config }: Field): string {
  return config.displayName ?? config.displayNameFromDS ?? '';
}
