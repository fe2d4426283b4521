// What else it could be, and what would turn the verdict.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Candidate, Flip } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { dashIcon } from '../../theme/icons.js';
import { formatCompared, formatValue } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { windowWords } from '../../words/times.js';
import { phrase, readable, sentence, signalTitle, signalUnit } from '../../words/words.js';

/** The causes that could not be told, each with what it lacks and how to get it. */
export function candidates({ report: { verdict } }: Scene): TemplateResult | typeof nothing {
  if (verdict.candidates.length === 0) return nothing;
  return html`<h4>Still possible</h4>
    <ul class="points">
      ${verdict.candidates.map(candidate)}
    </ul>`;
}

function candidate({ id, lacks, how, decides }: Candidate): TemplateResult {
  const rivals = decides.map((rival) => phrase(rival)).join(', ');
  return html`<li>
    ${dashIcon()}<span
      ><b>${readable(id)}:</b> ${sentence(lacks)} ${how}
      ${rivals ? html`<span class="quiet">Tells it from: ${rivals}.</span>` : nothing}</span
    >
  </li>`;
}

/** The numbers that are nearest to turning the verdict. */
export function flips(scene: Scene): TemplateResult | typeof nothing {
  const list = scene.report.verdict.flips;
  if (list.length === 0) return nothing;
  return html`<h4>Closest to flipping</h4>
    <ul class="points" data-tips>
      ${list.map((flip) => html`<li>${dashIcon()}<span>${turn(scene, flip)}</span></li>`)}
    </ul>`;
}

function turn(scene: Scene, { signal, from, to }: Flip): TemplateResult {
  const unit = signalUnit(signal);
  const [now, line] =
    unit === 's' ? formatCompared(from, to) : [formatValue(from, unit), formatValue(to, unit)];
  const tip = explain(
    sentence(`${signalTitle(signal)} is ${now} now`),
    `At ${line} the verdict no longer holds.`,
    windowWords(scene),
  );
  const text = now === line ? `any change from ${now}` : `${now} → ${line}`;
  return html`<b>${signalTitle(signal)}:</b> ${number(text, tip)}`;
}
