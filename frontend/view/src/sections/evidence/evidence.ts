// Why this verdict and no other: what it rests on, what is ruled out or still possible, what
// changed, and what would turn it. What there is nothing to say about is absent.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { CauseId, Evidence, RuledOut, Verdict } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { crossIcon, tickIcon } from '../../theme/icons.js';
import { formatPlural } from '../../words/format.js';
import { withCode } from '../../words/inline-code.js';
import { number } from '../../words/number.js';
import { evidenceTip } from '../../words/sources.js';
import { glued } from '../../words/units.js';
import { phrase, readable } from '../../words/words.js';
import { candidates, flips } from './alternatives.js';
import { confidence } from './confidence.js';
import { primaryFinding } from './finding.js';
import { ledger } from './ledger.js';

/** Facts and rivals that are read at a glance; further ones are folded. */
const SHOWN = 4;

/** Whether a report has anything to say here. */
export function hasEvidence({ report }: Scene): boolean {
  return primaryFinding(report) !== undefined || report.verdict.candidates.length > 0;
}

/** The columns, as many as have something in them. */
export function evidence(scene: Scene): TemplateResult | typeof nothing {
  if (!hasEvidence(scene)) return nothing;
  return html`<section class="evidence" aria-label="Evidence" data-tips>
    ${column('why', why(scene))} ${column('not', not(scene))} ${column('changed', ledger(scene))}
    ${column('sure', sure(scene))}
  </section>`;
}

function column(
  kind: string,
  content: TemplateResult | typeof nothing,
): TemplateResult | typeof nothing {
  return content === nothing ? nothing : html`<div class="column ${kind}">${content}</div>`;
}

/** The numbers that speak for the verdict, then those that speak against it, then what follows. */
function why(scene: Scene): TemplateResult | typeof nothing {
  const { verdict } = scene.report;
  const finding = primaryFinding(scene.report);
  const supporting = finding?.evidence.filter((entry) => entry.supports) ?? [];
  const opposing = finding?.evidence.filter((entry) => !entry.supports) ?? [];
  // The detail of what cannot be told is its advice, which stands with what to do.
  const words = verdict.state === 'unknown' ? (finding?.reason ?? '') : verdict.detail;
  const isSaid = (verdict.state === 'firing' && supporting.length > 0) || repeats(words, verdict);
  const around = verdict.beside ?? [];
  const more = [...opposing, ...around, ...verdict.contributing, ...verdict.consequences];
  if (isSaid && supporting.length + more.length === 0) return nothing;
  const told = isSaid ? inWords(words, verdict) : nothing;
  return html`<h3>Why</h3>
    ${isSaid ? nothing : html`<p class="reason-text">${withCode(words)}</p>`}
    ${points(supporting.map((entry) => point(scene, entry)))}
    ${
      opposing.length === 0
        ? nothing
        : html`<h4>Against it</h4>
            ${points(opposing.map((entry) => point(scene, entry)))}`
    }
    ${beside(verdict)} ${causes('Contributes', verdict.contributing)}
    ${causes('Follows from it', verdict.consequences)} ${told}`;
}

/** What the layers around the engine say, which no number of the cause holds. */
function beside({ beside: sentences = [] }: Verdict): TemplateResult | typeof nothing {
  if (sentences.length === 0) return nothing;
  return html`<h4>Around the engine</h4>
    <ul class="points beside">
      ${sentences.map((words) => html`<li><span>${withCode(words)}</span></li>`)}
    </ul>`;
}

/** The words behind the numbers. */
function inWords(words: string, verdict: Verdict): TemplateResult | typeof nothing {
  if (words === '' || repeats(words, verdict)) return nothing;
  return html`<details>
    <summary>In words</summary>
    <p class="reason-text">${withCode(words)}</p>
  </details>`;
}

/** Whether the words stand in the headline already. */
function repeats(words: string, { sentence }: Verdict): boolean {
  const bare = (text: string): string => text.toLowerCase().replace(/[.\s]+$/, '');
  return bare(sentence).includes(bare(words));
}

function sure(scene: Scene): TemplateResult | typeof nothing {
  const [near, how] = [flips(scene), confidence(scene)];
  return near === nothing && how === nothing ? nothing : html`${near} ${how}`;
}

function causes(title: string, ids: readonly CauseId[]): TemplateResult | typeof nothing {
  if (ids.length === 0) return nothing;
  return html`<p class="also">
    <span class="quiet">${title}:</span> ${ids.map((id) => phrase(id)).join(', ')}
  </p>`;
}

function point(scene: Scene, evidence: Evidence): TemplateResult {
  return html`<li class=${evidence.supports ? 'for' : 'against'}>
    ${evidence.supports ? tickIcon() : crossIcon()}
    <span>${number(glued(evidence.text), evidenceTip(scene, evidence), 'sentence')}</span>
  </li>`;
}

/** The neighbouring diagnoses with what excludes each, and those that are still possible. */
function not(scene: Scene): TemplateResult | typeof nothing {
  const { verdict } = scene.report;
  const excluded = primaryFinding(scene.report)?.rules_out ?? [];
  const possible = candidates(scene);
  if (excluded.length === 0 && possible === nothing) return nothing;
  const ruledOut =
    excluded.length === 0
      ? html`<h3>Ruled out</h3>
          <p class="quiet">Nothing yet.</p>`
      : html`<h3>${verdict.state === 'firing' ? 'What it is not' : 'Ruled out'}</h3>
          ${points(excluded.map(rival))}`;
  return html`${possible} ${ruledOut}`;
}

function rival({ id, because }: RuledOut): TemplateResult {
  return html`<li>
    ${crossIcon()}<span><b>${readable(id)}:</b> ${withCode(because)}</span>
  </li>`;
}

function points(items: TemplateResult[]): TemplateResult | typeof nothing {
  if (items.length === 0) return nothing;
  const rest = items.slice(SHOWN);
  return html`<ul class="points">
      ${items.slice(0, SHOWN)}
    </ul>
    ${
      rest.length === 0
        ? nothing
        : html`<details>
            <summary>${formatPlural(rest.length, 'more', 'more')}</summary>
            <ul class="points">
              ${rest}
            </ul>
          </details>`
    }`;
}
