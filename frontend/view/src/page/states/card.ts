// One message in place of a diagnosis: icon, what happened, what to do.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Severity } from '../../report-types.js';
import { severityIcon } from '../../theme/icons.js';

/** The parts of a card. */
export interface Card {
  severity: Severity;
  title: string;
  message: string;
  cure?: string | undefined;
  /** Anything more, under the cure. */
  more?: TemplateResult | undefined;
}

/** A card that stays readable from 200 px up. */
export function card({ severity, title, message, cure, more }: Card): TemplateResult {
  return html`<section class="card" data-severity=${severity}>
    ${severityIcon(severity)}
    <div class="card-text">
      <h2 class="headline" tabindex="-1">${title}</h2>
      <p>${message}</p>
      ${cure ? html`<p class="cure">${cure}</p>` : nothing} ${more ?? nothing}
    </div>
  </section>`;
}
