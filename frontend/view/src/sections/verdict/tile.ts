// The smallest size: icon, word and the one number that says how bad.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { severityIcon } from '../../theme/icons.js';
import { formatCount, formatSeconds, formatShareRange, formatTarget } from '../../words/format.js';
import { SEVERITY_WORD, shortSignal } from '../../words/words.js';
import { missedObjectives } from './impact-line.js';

/** One line; the sentence is there where it fits whole. */
export function tile({ report }: Scene): TemplateResult {
  const { verdict } = report;
  const [number, words, target] = oneNumber(report);
  return html`<section class="verdict tile" aria-label="Verdict" data-severity=${verdict.severity}>
    ${severityIcon(verdict.severity)}
    <span class="verdict-word">${SEVERITY_WORD[verdict.severity]}</span>
    ${
      number === undefined
        ? nothing
        : html`<span class="tile-number"
            ><b>${number}</b><span class="tile-words"> ${words}</span
            ><span class="tile-target"> ${target}</span></span
          >`
    }
    <h2 class="headline" tabindex="-1">${verdict.sentence}</h2>
  </section>`;
}

function oneNumber(report: Report): [string?, string?, string?] {
  const { impact, state, id } = report.verdict;
  if (id === 'telemetry-fault') return [];
  if (impact.lost_requests !== undefined)
    return [formatCount(Math.round(impact.lost_requests)), 'unfinished'];
  const [worst] = missedObjectives(report)[0] ?? [];
  if (worst && state !== 'clear') {
    const words = `miss ${shortSignal(worst.signal)}`;
    return [formatShareRange(...worst.missing), words, formatTarget(worst.target)];
  }
  const { phases } = report;
  return phases ? [formatSeconds(phases.mean_e2e), 'a request'] : [];
}
