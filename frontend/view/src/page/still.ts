// Charts stay where they are while the text above them changes.

import { zoomOf } from '../theme/theme.js';

/** Keeps the place of the charts between drawings. */
export class Still {
  readonly #root: HTMLElement;
  #reserved = 0;
  #situation = '';

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /**
   * Draws, with the room above the charts never less than it was in the same `situation` (width,
   * scope, what is open). While `held`, text that needs more room moves the page instead of the
   * chart under the pointer.
   */
  around(situation: string, held: boolean, draw: () => void): void {
    const before = held ? this.#top() : undefined;
    draw();
    this.settle(situation);
    const after = before === undefined ? undefined : this.#top();
    if (before === undefined || after === undefined || after === before) return;
    scrollBy(this.#root, (after - before) / zoomOf(this.#root));
  }

  /** Keeps the room, or forgets it in another situation. */
  settle(situation: string): void {
    if (situation !== this.#situation) this.#reserved = 0;
    this.#situation = situation;
    const above = this.#root.querySelector<HTMLElement>('.above');
    const content = above?.firstElementChild;
    if (!above || !content) return;
    this.#reserved = Math.max(
      this.#reserved,
      content.getBoundingClientRect().height / zoomOf(this.#root),
    );
    const height = `${this.#reserved}px`;
    if (above.style.minHeight !== height) above.style.minHeight = height;
  }

  #top(): number | undefined {
    return this.#root.querySelector('.strip-area')?.getBoundingClientRect().top;
  }
}

/** Scrolls the nearest ancestor that can, shadow roots crossed, else the page. */
function scrollBy(from: HTMLElement, distance: number): void {
  let at: Node | null = from;
  while (at) {
    if (at instanceof HTMLElement && at.scrollHeight > at.clientHeight && scrolls(at)) {
      at.scrollTop += distance;
      return;
    }
    at = at instanceof ShadowRoot ? at.host : at.parentNode;
  }
  from.ownerDocument.defaultView?.scrollBy(0, distance);
}

function scrolls(element: HTMLElement): boolean {
  return /auto|scroll/.test(getComputedStyle(element).overflowY);
}
