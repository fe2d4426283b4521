// Every other check's answer, folded away.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Finding, State } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { stateIcon } from '../../theme/icons.js';
import { withCode } from '../../words/inline-code.js';
import { readable } from '../../words/words.js';

const STATE_WORD: Record<State, string> = {
  firing: 'holds too',
  clear: 'passed',
  unknown: 'inconclusive',
};
const ORDER: State[] = ['firing', 'unknown', 'clear'];

/** `7 other checks passed`; `Other checks: 6 inconclusive, 1 passed`. */
function countWords(counts: { state: State; count: number }[]): string {
  const words = counts.map(({ state, count }) => `${count} ${STATE_WORD[state]}`);
  const [only] = counts;
  if (counts.length !== 1 || !only) return `Other checks: ${words.join(', ')}`;
  return `${only.count} other ${only.count === 1 ? 'check' : 'checks'} ${STATE_WORD[only.state]}`;
}

/** The checks that did not give the verdict, counted by answer, each with its reason below. */
export function otherChecks({ report }: Scene): TemplateResult | typeof nothing {
  const others = report.findings.filter((finding) => finding.id !== report.verdict.id);
  if (others.length === 0) return nothing;
  const counts = ORDER.map((state) => ({
    state,
    count: others.filter((finding) => finding.state === state).length,
  }));
  const sorted = [...others].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return html`<details class="foot-part checks">
    <summary>${countWords(counts.filter(({ count }) => count > 0))}</summary>
    <ul class="points">
      ${sorted.map(check)}
    </ul>
  </details>`;
}

function check({ id, state, condition, reason }: Finding): TemplateResult {
  return html`<li class="state-${state}">
    ${stateIcon(state)}
    <span>
      <b>${readable(id)}</b> <span class="state-word">${STATE_WORD[state]}</span>:
      ${withCode(reason)}
      ${condition ? html`<span class="quiet">Looks for: ${withCode(condition)}</span>` : nothing}
    </span>
  </li>`;
}
