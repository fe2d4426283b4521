// What the host knows to have happened, over the strips and as a list below them.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { placeIn } from '../../charts/strip-place.js';
import type { Annotation } from '../../contract.js';
import type { Scene } from '../../scene.js';
import { timeOf, timeSpan } from '../../words/times.js';

/** Entries that are listed before the rest is folded. */
const SHOWN = 3;

/** Lines and bands over one plot; the list says what they are. */
export function annotationMarks(scene: Scene): TemplateResult[] {
  const { range } = scene.report;
  return inRange(scene).map(
    ({ start, end }) =>
      html`<i
        class="region annotation ${end === undefined ? 'moment' : 'stretch'}"
        .style=${placeIn(range, { start, end: end ?? start })}
      ></i>`,
  );
}

/** Times and texts in order of time. */
export function annotationList(scene: Scene): TemplateResult | typeof nothing {
  const all = inRange(scene);
  if (all.length === 0) return nothing;
  const rest = all.slice(SHOWN);
  const entry = (one: Annotation): TemplateResult =>
    html`<li>
      <i class="annotation-sign" aria-hidden="true"></i><b>${when(scene, one)}</b> ${one.text}
    </li>`;
  return html`<section class="annotations" aria-label="Events">
    <ul>
      ${all.slice(0, SHOWN).map(entry)}
    </ul>
    ${
      rest.length === 0
        ? nothing
        : html`<details>
            <summary>${rest.length} more events</summary>
            <ul>
              ${rest.map(entry)}
            </ul>
          </details>`
    }
  </section>`;
}

/** Events at a time of the strips, no further from it than half a step. */
export function annotationsAt(scene: Scene, time: number): Annotation[] {
  const reach = scene.report.range.step / 2;
  return inRange(scene).filter(
    ({ start, end = start }) => time >= start - reach && time <= end + reach,
  );
}

function inRange({ ready, report }: Scene): Annotation[] {
  const { start: from, end: to } = report.range;
  return (ready.annotations ?? [])
    .filter(({ start, end = start }) => end >= from && start <= to)
    .sort((a, b) => a.start - b.start);
}

function when(scene: Scene, { start, end }: Annotation): string {
  return end === undefined ? timeOf(scene, start) : timeSpan(scene, { start, end });
}
