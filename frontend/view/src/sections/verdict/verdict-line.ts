// The verdict: icon, word, colour, one sentence with this case's numbers, and the first thing to
// do.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Scene } from '../../scene.js';
import { severityIcon } from '../../theme/icons.js';
import { withCode } from '../../words/inline-code.js';
import { SEVERITY_WORD, phrase, readable } from '../../words/words.js';
import { alsoHolding, impactLine } from './impact-line.js';
import { pills } from './pills.js';

/** The first level of the view; complete on its own in a container of any size. */
export function verdictLine(scene: Scene): TemplateResult {
  const { verdict } = scene.report;
  const word = SEVERITY_WORD[verdict.severity];
  return html`<section class="verdict" aria-label="Verdict" data-severity=${verdict.severity}>
    ${severityIcon(verdict.severity)}
    <div class="verdict-text">
      <p class="verdict-word">
        ${word}${readable(verdict.id) === word ? nothing : html`<span class="verdict-rule"> · ${phrase(verdict.id)}</span>`}
      </p>
      <h2 class="headline" tabindex="-1">${verdict.sentence}</h2>
      ${impactLine(scene)} ${scene.size === 'line' ? nothing : detail(scene)} ${alsoHolding(scene)}
    </div>
    ${pills(scene)}
  </section>`;
}

function detail({ report: { verdict }, size }: Scene): TemplateResult {
  const text = size === 'bar' ? nothing : html`${withCode(verdict.detail)} `;
  return html`<p class="detail">
    ${text}${verdict.action ? html`<strong>${withCode(verdict.action.sentence)}</strong>` : nothing}
  </p>`;
}
