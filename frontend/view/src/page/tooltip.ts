// One tooltip for every number that explains itself, reached by pointer and by keyboard.

import { zoomOf } from '../theme/theme.js';

/** Pixels between a number and its tooltip, and between the tooltip and the edge of the page. */
const GAP = 6;
const DELAY_MS = 250;
const ID = 'it-tip';

/**
 * Shows `data-tip` of what is hovered or focused; arrow keys walk through the numbers of a
 * `data-tips` group.
 */
export class Tooltip {
  readonly #root: HTMLElement;
  readonly #box: HTMLElement;
  #owner: HTMLElement | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#box = document.createElement('div');
    this.#box.id = ID;
    this.#box.className = 'tooltip';
    this.#box.setAttribute('role', 'tooltip');
    // The popover layer lies above everything, whatever the host's page does with stacking and
    // clipping.
    this.#box.setAttribute('popover', 'manual');
    root.append(this.#box);
    root.addEventListener('pointerover', this.#enter);
    root.addEventListener('pointerout', this.#leave);
    root.addEventListener('focusin', this.#focus);
    root.addEventListener('focusout', this.#hide);
    root.addEventListener('keydown', this.#key);
    root.addEventListener('scroll', this.#hide, { capture: true, passive: true });
  }

  /**
   * After a drawing: keeps one number of each group in the tab order and the shown text up to date.
   */
  refresh(): void {
    for (const group of this.#root.querySelectorAll<HTMLElement>('[data-tips]')) {
      const numbers = numbersOf(group);
      if (numbers[0] && !numbers.some((entry) => entry.tabIndex === 0)) numbers[0].tabIndex = 0;
    }
    if (!this.#owner) return;
    if (this.#owner.isConnected) this.#box.textContent = this.#owner.dataset['tip'] ?? '';
    else this.#hide();
  }

  /** Hides the tooltip and forgets any that was about to show. */
  hide(): void {
    this.#hide();
  }

  readonly #enter = (event: Event): void => {
    if (this.#box.contains(event.target as Node)) {
      clearTimeout(this.#timer);
      return;
    }
    const owner = ownerOf(event);
    if (!owner || owner === this.#owner) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(owner), this.#owner ? 0 : DELAY_MS);
  };

  readonly #leave = (event: PointerEvent): void => {
    const to = event.relatedTarget as Node | null;
    if (to && (this.#box.contains(to) || this.#owner?.contains(to))) return;
    clearTimeout(this.#timer);
    // A moment to travel onto the tooltip, so that its text can be read and selected.
    if (this.#owner && !this.#owner.matches(':focus-visible'))
      this.#timer = setTimeout(this.#hide, DELAY_MS);
  };

  readonly #focus = (event: Event): void => {
    const owner = ownerOf(event);
    if (owner?.matches(':focus-visible')) this.#show(owner);
  };

  readonly #hide = (): void => {
    clearTimeout(this.#timer);
    this.#owner?.removeAttribute('aria-describedby');
    this.#owner = undefined;
    if (this.#box.matches(':popover-open')) this.#box.hidePopover();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.#owner) {
      this.#hide();
      return;
    }
    const current = ownerOf(event);
    const group = current?.closest<HTMLElement>('[data-tips]');
    if (!current || !group || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = neighbour(numbersOf(group), current, event.key);
    if (!next) return;
    event.preventDefault();
    current.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  #show(owner: HTMLElement): void {
    if (!owner.isConnected) return;
    if (this.#owner !== owner) this.#owner?.removeAttribute('aria-describedby');
    this.#owner = owner;
    owner.setAttribute('aria-describedby', ID);
    this.#box.textContent = owner.dataset['tip'] ?? '';
    if (!this.#box.matches(':popover-open')) this.#box.showPopover();
    this.#place(owner.getBoundingClientRect());
  }

  #place(owner: DOMRect): void {
    const { width, height } = this.#box.getBoundingClientRect();
    const below = owner.bottom + GAP;
    const fits = below + height + GAP <= innerHeight;
    const top = fits ? below : Math.max(GAP, owner.top - GAP - height);
    const left = Math.max(GAP, Math.min(owner.left, innerWidth - width - GAP));
    const zoom = zoomOf(this.#root);
    this.#box.style.top = `${top / zoom}px`;
    this.#box.style.left = `${left / zoom}px`;
  }
}

function ownerOf(event: Event): HTMLElement | undefined {
  const target = event.target;
  return (
    (target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null) ?? undefined
  );
}

function numbersOf(group: HTMLElement): HTMLElement[] {
  return [...group.querySelectorAll<HTMLElement>('[data-tip]')];
}

function neighbour(
  numbers: HTMLElement[],
  current: HTMLElement,
  key: string,
): HTMLElement | undefined {
  const index = numbers.indexOf(current);
  if (key === 'ArrowRight' || key === 'ArrowDown') return numbers[index + 1];
  if (key === 'ArrowLeft' || key === 'ArrowUp') return numbers[index - 1];
  if (key === 'Home') return numbers[0];
  return key === 'End' ? numbers.at(-1) : undefined;
}
