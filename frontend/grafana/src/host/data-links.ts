import { FieldType, type DataFrame, type Field } from '@grafana/data';
import type { Link } from '@inference-triage/view';

/** A link may name a pod; more of them than this would bury the actions. */
const MOST_LINKS = 6;

/** Series that are asked for their links. */
const MOST_SERIES = 40;

/**
 * The data links of the panel, filled in with labels and newest values of the series, each once. A
 * link that names no label is the same for every series.
 */
export function linksOf(frames: readonly DataFrame[]): Link[] {
  const links = new Map<string, Link>();
  for (const field of fieldsWithLinks(frames).slice(0, MOST_SERIES)) {
    for (const { href, title } of field.getLinks?.({ valueRowIndex: field.values.length - 1 }) ??
      []) {
      if (href && links.size < MOST_LINKS) {
        links.set(`${title}\n${href}`, { title: title || href, url: href });
      }
    }
  }
  return [...links.values()];
}

/** One field for each process: its other series would give the same links. */
function fieldsWithLinks(frames: readonly DataFrame[]): Field[] {
  const found = new Map<string, Field>();
  for (const field of frames.flatMap(({ fields }) => fields)) {
    if (field.type === FieldType.number && field.config.links?.length && field.values.length > 0) {
      const { le: _bound, __name__: _name, triage_role: _role, ...process } = field.labels ?? {};
      const key = JSON.stringify(process);
      found.set(key, found.get(key) ?? field);
    }
  }
  return [...found.values()];
}
