// The view as its host sees it: mount, update, resize, destroy.

import type { HostServices, SizeClass, Theme, ViewState } from '../contract.js';
import { applyTheme } from '../theme/theme.js';
import { plainValue } from '../words/plain.js';
import type { Page } from './page.js';
import { readableState } from './readable.js';
import { showRefusal } from './refusal.js';
import { openShell } from './shadow.js';
import type { Shell } from './shadow.js';
import { sizeClass } from './size-class.js';

/**
 * Draws view states into a shadow root. One view lives in one container; after `destroy` it may be
 * mounted again.
 */
export class View {
  readonly #services: HostServices;
  #theme: Theme;
  #state: ViewState = { kind: 'loading' };
  #shell: Shell | undefined;
  #page: Page | undefined;
  #failure: unknown;
  #size: SizeClass = 'line';
  #height: number | undefined;
  #observer: ResizeObserver | undefined;

  constructor(services: HostServices, theme: Theme) {
    this.#services = services;
    this.#theme = theme;
  }

  /**
   * Adds the view to `container` and follows its size. The first drawing comes once the drawing
   * code is loaded.
   */
  mount(container: HTMLElement): void {
    this.destroy();
    const shell = openShell(container);
    this.#shell = shell;
    applyTheme(shell.root, this.#theme);
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(shell.host);
    void this.#load(shell);
  }

  /** Shows another state. Reading position, open parts and focus stay. */
  update(state: ViewState): void {
    // The one way in for everything that is drawn.
    this.#state = plainValue(readableState(state));
    this.#draw();
  }

  /**
   * Shows the shared cursor at a time that another chart of the host points at; `undefined` takes
   * it away.
   */
  setCursor(time: number | undefined): void {
    this.#page?.setCursor(time);
  }

  /** Follows the host's look. */
  setTheme(theme: Theme): void {
    this.#theme = theme;
    if (!this.#shell) return;
    applyTheme(this.#shell.root, theme);
    this.#measure();
    this.#page?.restyle();
  }

  /**
   * Fixes the size in CSS pixels, for hosts that dictate it; a height of 0 is a size like any
   * other, an infinite one leaves it to the content. Without a call the view follows its container:
   * its height where that is definite, else as tall as its content.
   */
  resize(width: number, height: number): void {
    if (!this.#shell) return;
    const { style } = this.#shell.host;
    style.width = `${width}px`;
    style.height = Number.isFinite(height) ? `${height}px` : 'auto';
    this.#measure();
  }

  /** Removes everything the view added, charts and listeners included. */
  destroy(): void {
    this.#observer?.disconnect();
    this.#page?.destroy();
    this.#shell?.host.remove();
    this.#observer = undefined;
    this.#page = undefined;
    this.#shell = undefined;
    this.#failure = undefined;
  }

  async #load(shell: Shell): Promise<void> {
    try {
      // Imported here, not at the top: a Trusted Types policy may refuse the template library when
      // it is evaluated.
      const { Page } = await import('./page.js');
      if (this.#shell !== shell) return;
      this.#page = new Page(shell.root, this.#services);
    } catch (failure) {
      if (this.#shell !== shell) return;
      this.#failure = failure;
    }
    this.#measure();
    this.#draw();
    // A container without a height of its own has one only now that there is content.
    this.#measure();
  }

  #draw(): void {
    if (!this.#shell) return;
    if (this.#page) this.#page.show(this.#state, this.#size, this.#height);
    else if (this.#failure !== undefined) showRefusal(this.#shell.root, this.#failure, this.#state);
  }

  #measure(): void {
    const shell = this.#shell;
    // A hidden view keeps its layout: nothing is lost when it is shown again.
    if (!shell || shell.host.clientWidth === 0) return;
    // What is drawn larger has less room.
    const scale = this.#theme.scale ?? 1;
    const given = givenHeight(shell);
    const room = given === undefined ? undefined : given / scale;
    const size = sizeClass(shell.host.clientWidth / scale, room);
    // The browser tells the height of content in whole pixels.
    const height = room === undefined ? undefined : Math.ceil(room);
    shell.root.dataset['size'] = size;
    this.#height = height;
    if (size === this.#size) {
      this.#page?.resize(height);
      return;
    }
    this.#size = size;
    if (this.#page) this.#draw();
  }
}

/** The height the container dictates, or `undefined` where the content decides. */
function givenHeight({ host, probe }: Shell): number | undefined {
  const given = probe.clientHeight;
  return given === 0 && host.clientHeight > 0 ? undefined : given;
}
