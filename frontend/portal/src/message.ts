const SHOWN_MS = 4_000;

/** One line over the panel for short messages, read out by screen readers. */
export class MessageLine {
  readonly element: HTMLElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.element = document.createElement('div');
    this.element.className = 'message';
    this.element.setAttribute('role', 'status');
  }

  show(text: string): void {
    clearTimeout(this.#timer);
    this.element.textContent = text;
    this.element.classList.add('shown');
    this.#timer = setTimeout(() => this.element.classList.remove('shown'), SHOWN_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
