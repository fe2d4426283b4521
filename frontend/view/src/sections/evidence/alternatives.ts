// What else it could be, and what would turn the verdict.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Candidate, Evidence, Flip, Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { dashIcon } from '../../theme/icons.js';
import { formatCompared, formatValue } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { windowWords } from '../../words/times.js';
import { phrase, readable, sentence, signalTitle, signalUnit } from '../../words/words.js';
import { primaryFinding } from './finding.js';

/** The causes that could not be told, each with what it lacks and how to get it. */
export function candidates({ report: { verdict } }: Scene): TemplateResult | typeof nothing {
  if (verdict.candidates.length === 0) return nothing;
  return html`<h3>Still possible</h3>
    <ul class="points">
      ${verdict.candidates.map(candidate)}
    </ul>`;
}

function candidate({ id, lacks, how, decides }: Candidate): TemplateResult {
  const rivals = decides.map((rival) => phrase(rival)).join(', ');
  return html`<li>
    ${dashIcon()}<span
      ><b>${readable(id)}:</b> ${sentence(lacks)} ${how}
      ${rivals ? html`<span class="quiet">Distinguishes it from: ${rivals}.</span>` : nothing}</span
    >
  </li>`;
}

/** The numbers that are nearest to turning the verdict; nothing where none could be compared. */
export function flips(scene: Scene): TemplateResult | typeof nothing {
  const list = nearest(scene.report);
  if (list.length === 0) return nothing;
  return html`<h3>Closest to flipping</h3>
    <ul class="points">
      ${list.map((flip) => html`<li>${dashIcon()}<span>${turn(scene, flip)}</span></li>`)}
    </ul>`;
}

/**
 * A number that stands on its line, such as running requests at their cap, has no way to go, so the
 * next of the evidence is taken, as in the incident message.
 */
function nearest(report: Report): Flip[] {
  const { flips: all } = report.verdict;
  const movable = all.filter(({ from, to }) => from !== to);
  if (movable.length > 0 || all.length === 0) return movable;
  const distance = ({ margin, threshold }: Evidence): number => Math.abs(margin / threshold);
  const [closest] = (primaryFinding(report)?.evidence ?? [])
    .filter((one) => one.supports && one.threshold !== 0 && distance(one) > 0)
    .sort((a, b) => distance(a) - distance(b));
  if (!closest) return [];
  return [{ signal: closest.signal, from: closest.value, to: closest.threshold }];
}

function turn(scene: Scene, { signal, from, to }: Flip): TemplateResult {
  const unit = signalUnit(signal);
  const round = (value: number): number => (unit === 'tokens' ? Math.round(value) : value);
  const [now, line] =
    unit === 's'
      ? formatCompared(from, to)
      : [formatValue(round(from), unit), formatValue(round(to), unit)];
  const tip = explain(
    sentence(`${signalTitle(signal)} is ${now} now`),
    `At ${line} the verdict no longer holds.`,
    windowWords(scene),
  );
  return html`<b>${signalTitle(signal)}:</b> ${number(`${now} → ${line}`, tip)}`;
}
