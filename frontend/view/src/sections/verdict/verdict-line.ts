// The verdict: icon, word, one sentence with this case's numbers, who is hurt, and what to do
// first.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { ScopeSummary, Verdict } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { severityIcon } from '../../theme/icons.js';
import { clip } from '../../words/clip.js';
import { confidenceInShort, confidenceTip } from '../../words/confidence.js';
import { formatPlural } from '../../words/format.js';
import { withCode } from '../../words/inline-code.js';
import { explain, number } from '../../words/number.js';
import { SEVERITY_WORD, gradeMeaning, phrase, readable, sentence } from '../../words/words.js';
import { doFirst } from './do-first.js';
import { impactLine } from './impact-line.js';
import { share } from './share.js';

/** The first level of the view; complete on its own in a container of any size. */
export function verdictLine(scene: Scene): TemplateResult {
  const { verdict } = scene.report;
  return html`<section class="verdict" aria-label="Verdict" data-severity=${verdict.severity}>
    ${severityIcon(verdict.severity)}
    <div class="verdict-text">
      <div class="verdict-top">${about(scene)} ${isWide(scene) ? share(scene) : nothing}</div>
      <h2 class="headline" tabindex="-1">${withCode(verdict.sentence)}</h2>
      ${impactLine(scene)}
    </div>
    ${scene.size === 'line' ? nothing : doFirst(scene)}
    ${scene.size === 'narrow' ? share(scene) : nothing}
  </section>`;
}

/** A low container has it beside its buttons, a narrow one below everything else. */
function isWide({ size }: Scene): boolean {
  return size === 'medium' || size === 'full';
}

/** How bad, which check, of what, from how good data. */
function about(scene: Scene): TemplateResult {
  const { verdict, quality, scope, scopes } = scene.report;
  const word = SEVERITY_WORD[verdict.severity];
  const shown = scopes.find(({ id }) => id === scope);
  const tip = explain(sentence(gradeMeaning(quality.grade)), notes(quality.caveats.length));
  const facts = [
    html`<span class="verdict-word">${word}</span>`,
    readable(verdict.id) === word ? nothing : phrase(verdict.id),
    shown ? scopeName(shown) : nothing,
    number(`data ${quality.grade}`, tip),
    sure(verdict),
    noticed(scene),
  ].filter((fact) => fact !== nothing);
  return html`<ul class="facts about" data-tips aria-label="About this verdict">
    ${facts.map((fact) => html`<li>${fact}</li>`)}
  </ul>`;
}

/** How often such a verdict was right; nothing where there is nothing to be sure of. */
function sure(verdict: Verdict): TemplateResult | typeof nothing {
  const text = confidenceInShort(verdict);
  return text === undefined ? nothing : number(text, confidenceTip(verdict), 'sentence');
}

/** A low container lists the notices with the evidence. */
function noticed({ ready: { notices }, size }: Scene): string | typeof nothing {
  if ((size !== 'brief' && size !== 'line') || notices.length === 0) return nothing;
  return formatPlural(notices.length, 'notice about the data', 'notices about the data');
}

function notes(count: number): string {
  return count === 0 ? 'Nothing was repaired or assumed.' : `${formatPlural(count, 'note')} below.`;
}

function scopeName({ model, engine, replicas }: ScopeSummary): TemplateResult {
  const release = engine.version_hint ? ` ${engine.version_hint}` : '';
  const tip = explain(
    `Engine ${engine.profile}${release}, metrics ${engine.prefix}…`,
    replicaLine(replicas),
  );
  const count = formatPlural(replicas.length, 'replica');
  return html`${clip(model || engine.profile)} (${number(count, tip)})`;
}

function replicaLine(replicas: readonly string[]): string {
  const more = replicas.length - 6;
  const shown = replicas.slice(0, 6).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
