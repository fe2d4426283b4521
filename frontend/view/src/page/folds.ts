// Parts that wait for the reader where there is no room for them: as rows below each other, or as a
// row of buttons where the container is low.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Section } from '../report-types.js';
import type { Scene } from '../scene.js';

/** A part of the view that can be folded. */
export interface Foldable {
  id: Section;
  /** What opens it. */
  title: string;
  /** Drawn only while open: a chart costs more than its text. */
  isChart: boolean;
  draw(): TemplateResult | typeof nothing;
}

/** A row has room for more than a button has. */
const LONG_TITLE: Partial<Record<Section, string>> = {
  evidence: 'Why, and what it is not',
  strips: 'Over time',
};

/** A row that opens below itself; open from the start where `isOpen`. */
export function foldedRow(scene: Scene, part: Foldable, isOpen: boolean): TemplateResult {
  const open = scene.isOpen(part.id) ?? isOpen;
  const follow = (event: Event): void =>
    scene.fold(part.id, (event.currentTarget as HTMLDetailsElement).open);
  return html`<details class="fold" data-fold=${part.id} ?open=${open} @toggle=${follow}>
    <summary>${LONG_TITLE[part.id] ?? part.title}</summary>
    ${open || !part.isChart ? part.draw() : nothing}
  </details>`;
}

/** One button a part, and what stands at the end of their row. */
export function foldButtons(
  scene: Scene,
  parts: readonly Foldable[],
  end: TemplateResult | typeof nothing,
): TemplateResult {
  return html`<div class="fold-buttons" role="group" aria-label="More of this diagnosis">
    ${parts.map(({ id, title }) => {
      const open = scene.isOpen(id) ?? false;
      return html`<button
        type="button"
        class="small"
        data-fold=${id}
        aria-expanded=${open}
        @click=${(event: Event): void => toggle(scene, id, !open, event)}
      >
        ${title}
      </button>`;
    })}
    ${end}
  </div>`;
}

/** What the buttons opened. */
export function openedParts(scene: Scene, parts: readonly Foldable[]): TemplateResult[] {
  return parts
    .filter(({ id }) => scene.isOpen(id))
    .map((part) => html`<div class="opened" data-opened=${part.id}>${part.draw()}</div>`);
}

/** A low container shows what was opened only after it is scrolled there. */
function toggle(scene: Scene, id: Section, open: boolean, event: Event): void {
  const root = (event.currentTarget as HTMLElement).closest('.root');
  scene.fold(id, open);
  if (open) root?.querySelector(`[data-opened="${id}"]`)?.scrollIntoView({ block: 'start' });
}
