// How far the data can be trusted.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Scene } from '../../scene.js';
import { formatCount, formatPlural } from '../../words/format.js';
import { withCode } from '../../words/inline-code.js';
import { gradeMeaning, sentence } from '../../words/words.js';

/** The grade; the notes open below it. */
export function dataQuality({ report: { quality } }: Scene): TemplateResult {
  const { grade, caveats } = quality;
  const name = html`<span class="foot-name">Data <b>${grade}</b></span>`;
  if (caveats.length === 0)
    return html`<p class="foot-part">${name}: nothing repaired or assumed</p>`;
  return html`<details class="foot-part quality">
    <summary>${name}: ${formatPlural(caveats.length, 'note')}</summary>
    <p class="quiet">${sentence(gradeMeaning(grade))}</p>
    <ul class="caveats">
      ${caveats.map(
        ({ text, count }) =>
          html`<li>
            ${withCode(text)}${count > 1 ? html` <span class="quiet">${times(count)}</span>` : ''}
          </li>`,
      )}
    </ul>
  </details>`;
}

function times(count: number): string {
  return `×\u00a0${formatCount(count)}`;
}
