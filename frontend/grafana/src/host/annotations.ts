import type { DataFrame, PanelData } from '@grafana/data';

/** A moment or a stretch of time that somebody marked, such as a deployment. */
export interface Mark {
  /** Unix milliseconds. */
  start: number;
  /** Unix milliseconds, after `start`; absent for a moment. */
  end?: number;
  /** What happened, plain text. */
  text: string;
}

/** The dashboard's annotations in order of time, each once. */
export function marksOf(annotations: PanelData['annotations']): Mark[] {
  const marks = new Map<string, Mark>();
  for (const frame of annotations ?? []) {
    for (let row = 0; row < frame.length; row += 1) {
      const mark = markAt(frame, row);
      if (mark) {
        marks.set(JSON.stringify(mark), mark);
      }
    }
  }
  return [...marks.values()].sort((a, b) => a.start - b.start);
}

function markAt(frame: DataFrame, row: number): Mark | undefined {
  const value = (name: string): unknown => frame.fields.find((field) => field.name === name)?.values[row];
  const start = value('time');
  const end = value('timeEnd');
  if (typeof start !== 'number' || !Number.isFinite(start)) {
    return undefined;
  }
  const words = [value('title'), value('text')].filter((one): one is string => typeof one === 'string' && one !== '');
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
