const SHOWN_MS = 4_000;

const STYLE =
  'position: absolute; inset: auto 12px 12px; z-index: 1; padding: 8px 12px; border-radius: 4px; width: fit-content; ' +
  'font: 13px/20px inherit; background: #24262b; color: #ffffff; pointer-events: none';

/** One line over the panel for short messages, read out by screen readers. */
export class MessageLine {
  readonly element = document.createElement('div');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.element.setAttribute('role', 'status');
  }

  show(text: string): void {
    clearTimeout(this.#timer);
    this.element.style.cssText = STYLE;
    this.element.textContent = text;
    this.#timer = setTimeout(() => this.stop(), SHOWN_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.element.textContent = '';
    this.element.style.cssText = '';
  }
}
