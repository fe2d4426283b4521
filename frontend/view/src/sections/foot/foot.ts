// The last line: how good the data are, the limits of the engine, what every other check found.
// Each opens below itself.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Scene } from '../../scene.js';
import { otherChecks } from './checks.js';
import { limits } from './limits.js';
import { dataQuality } from './quality.js';

/** What there is nothing to say about is absent. */
export function foot(scene: Scene): TemplateResult {
  return html`<section class="foot" aria-label="Data, limits and other checks">
    ${dataQuality(scene)} ${limits(scene)} ${otherChecks(scene)}
  </section>`;
}
