import { InferenceTriageElement } from './element.js';

/** The name the element is registered under. */
export const TAG = 'inference-triage';

/**
 * Registers the element unless the page has one of that name already, e.g. from a second copy of
 * this package.
 */
export function defineElement(): void {
  const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
  if (registry !== undefined && registry.get(TAG) === undefined)
    registry.define(TAG, InferenceTriageElement);
}

declare global {
  interface HTMLElementTagNameMap {
    'inference-triage': InferenceTriageElement;
  }
}
