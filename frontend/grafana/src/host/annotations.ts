import type { DataFrame, PanelData } from '@grafana/data';
import type { Annotation } from '@inference-triage/view';

/** The dashboard's annotations in order of time, each once. */
export function annotationsOf(annotations: PanelData['annotations']): Annotation[] {
  const found = new Map<string, Annotation>();
  for (const frame of annotations ?? []) {
    for (let row = 0; row < frame.length; row += 1) {
      const annotation = annotationAt(frame, row);
      if (annotation) {
        found.set(JSON.stringify(annotation), annotation);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

function annotationAt(frame: DataFrame, row: number): Annotation | undefined {
  const value = (name: string): unknown =>
    frame.fields.find((field) => field.name === name)?.values[row];
  const start = value('time');
  const end = value('timeEnd');
  if (typeof start !== 'number' || !Number.isFinite(start)) {
    return undefined;
  }
  const words = [value('title'), value('text')].filter(
    (one): one is string => typeof one === 'string' && one !== ''
  );
  const tags = value('tags');
  const names = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string').join(', ') : '';
  return {
    start,
    ...(typeof end === 'number' && end > start ? { end } : {}),
    text: plainText(words.join(': ')) || names || 'annotation',
  };
}

/** Annotations may hold markup, which the view would show as written. */
function plainText(text: string): string {
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
