// Every other rule's answer, folded away.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Finding, State } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { stateIcon } from '../../theme/icons.js';
import { readable } from '../../words/words.js';

const STATE_WORD: Record<State, string> = {
  firing: 'fires too',
  clear: 'clear',
  unknown: 'cannot be told',
};
const ORDER: State[] = ['firing', 'unknown', 'clear'];

/** The rules that did not give the verdict, counted by answer. */
export function otherChecks({ report }: Scene): TemplateResult {
  const others = report.findings.filter((finding) => finding.id !== report.verdict.id);
  const counts = ORDER.map((state) => ({
    state,
    count: others.filter((finding) => finding.state === state).length,
  }));
  const summary = counts
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${STATE_WORD[state]}`);
  const sorted = [...others].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return html`<section class="column checks" aria-labelledby="it-checks">
    <h3 id="it-checks">Other checks</h3>
    ${
      others.length === 0
        ? html`<p class="quiet">No other rule was run.</p>`
        : html`<details>
            <summary>${summary.join(' · ')}</summary>
            <ul class="points">
              ${sorted.map(check)}
            </ul>
          </details>`
    }
  </section>`;
}

function check({ id, state, condition, reason }: Finding): TemplateResult {
  return html`<li class="state-${state}">
    ${stateIcon(state)}
    <span>
      <b>${readable(id)}</b> <span class="state-word">${STATE_WORD[state]}</span>: ${reason}
      ${condition ? html`<span class="quiet">Looks for: ${condition}</span>` : nothing}
    </span>
  </li>`;
}
