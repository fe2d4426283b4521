// Text worth copying, with a button that says so when it is done.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { HostServices } from '../contract.js';

const SHOWN_MS = 1600;

/** The text with its button; `kind` names the text, e.g. `PromQL` or `flag`. */
export function copyLine(services: HostServices, text: string, kind?: string): TemplateResult {
  return html`<span class="copy-line"
    ><code>${text}</code>${copyButton(services, text, kind)}</span
  >`;
}

/**
 * The button alone; what stands around it says what is copied. A text that takes work is made when
 * it is asked for.
 */
export function copyButton(
  services: HostServices,
  text: string | (() => string),
  kind = '',
): TemplateResult {
  const label = kind ? `copy ${kind}` : 'copy';
  return html`<button
    type="button"
    class="copy"
    data-state="ready"
    @click=${(event: Event): void => void copy(services, text, event.currentTarget as HTMLElement)}
  >
    <span class="copy-ready">${label}</span><span class="copy-done" role="status"></span>
  </button>`;
}

async function copy(
  services: HostServices,
  text: string | (() => string),
  button: HTMLElement,
): Promise<void> {
  const done = button.querySelector('.copy-done');
  try {
    await services.copy(typeof text === 'string' ? text : text());
    if (done) done.textContent = 'copied';
    button.dataset['state'] = 'copied';
  } catch {
    if (done) done.textContent = 'not allowed';
    button.dataset['state'] = 'failed';
    services.notify('The browser did not allow copying. Select the text and copy it yourself.');
  }
  setTimeout(() => {
    button.dataset['state'] = 'ready';
    if (done) done.textContent = '';
  }, SHOWN_MS);
}
