// Waiting for data: a skeleton of the final layout's size, so that nothing jumps when the data
// arrive.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { SizeClass } from '../../contract.js';

/** The skeleton for a size; `progress` says what is being waited for. */
export function loading(size: SizeClass, progress = 'Loading …'): TemplateResult {
  const isSmall = size === 'line' || size === 'tile';
  return html`<div class="skeleton" role="status">
    <div class="verdict">
      <i class="bone bone-icon"></i>
      <div class="verdict-text">
        <p class="progress">${progress}</p>
        <i class="bone bone-title"></i>${isSmall ? '' : html`<i class="bone bone-line"></i>`}
      </div>
    </div>
    ${isSmall ? '' : html`<div class="block phases"><i class="bone bone-head"></i><i class="bone bone-bar"></i></div>`}
    ${size === 'full' ? html`${strips()}${table()}` : ''}
  </div>`;
}

function table(): TemplateResult {
  return html`<div class="block">
    <i class="bone bone-head"></i>
    ${Array.from({ length: 7 }, () => html`<i class="bone bone-row"></i>`)}
  </div>`;
}

function strips(): TemplateResult {
  return html`<div class="block">
    <i class="bone bone-head"></i>
    ${Array.from({ length: 4 }, () => html`<i class="bone bone-strip"></i>`)}
  </div>`;
}
