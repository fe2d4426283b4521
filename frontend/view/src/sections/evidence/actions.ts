// What to do: numbered steps with text to copy, the expected effect, and what not to do.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Action, Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { crossIcon } from '../../theme/icons.js';
import { copyLine } from '../../words/copy-button.js';
import { withCode } from '../../words/inline-code.js';
import { readable } from '../../words/words.js';
import { linkList } from './links.js';

/** The column of actions; it says so when there is nothing to do. */
export function actions(scene: Scene): TemplateResult {
  const { action } = scene.report.verdict;
  return html`<section class="column do" aria-labelledby="it-do">
    <h3 id="it-do">Do</h3>
    ${action ? runbook(scene, action) : html`<p class="quiet">${idle(scene.report)}</p>`}
    ${linkList(scene)}
  </section>`;
}

function idle({ verdict, scopes, scope }: Report): string {
  if (verdict.state === 'clear') return 'Nothing to do: no rule fires and the objectives are met.';
  const replicas = scopes.find(({ id }) => id === scope)?.replicas.length ?? 1;
  const checks = [
    replicas > 1 && 'compare the replicas',
    'brush another window',
    verdict.candidates.length > 0 && 'get what each cause still lacks',
  ].filter(Boolean);
  return `No change recommended yet. Next, read-only: ${checks.join('; ')}.`;
}

function runbook({ services }: Scene, action: Action): TemplateResult {
  return html`<ol class="steps">
      ${action.steps.map(
        ({ sentence, copy, copy_kind: kind }) =>
          html`<li>
            <span>${withCode(sentence)}</span>
            ${copy === undefined ? nothing : copyLine(services, copy, kind)}
          </li>`,
      )}
    </ol>
    ${action.effect ? html`<p class="effect"><b>Expect:</b> ${withCode(action.effect)}</p>` : nothing}
    ${
      action.avoid.length === 0
        ? nothing
        : html`<h4>Do not</h4>
            <ul class="points">
              ${action.avoid.map((id, index) => html`<li>${crossIcon()}<span>${avoid(id, action.avoid_because[index])}</span></li>`)}
            </ul>`
    }`;
}

function avoid(id: string, because: string | undefined): TemplateResult {
  return html`<b>${readable(id)}${because ? ':' : ''}</b>
    ${because === undefined ? nothing : withCode(because)}`;
}
