// How sure the verdict is: its confidence, how much of the lost time it explains, what was not
// measured.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Report, Verdict } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { dashIcon } from '../../theme/icons.js';
import { confidenceTip } from '../../words/confidence.js';
import { formatSeconds, formatShare } from '../../words/format.js';
import { number } from '../../words/number.js';
import { phrase, signalTitle } from '../../words/words.js';
import { primaryFinding } from './finding.js';

/** What is explained less than whole by this is said. */
const WHOLE = 0.995;

/** A short list; nothing where there is nothing to be sure of. */
export function confidence({ report }: Scene): TemplateResult | typeof nothing {
  const entries = [sure(report.verdict), explained(report.verdict), missing(report)].filter(
    (entry) => entry !== nothing,
  );
  if (entries.length === 0) return nothing;
  return html`<h3>How sure</h3>
    <ul class="points">
      ${entries.map((entry) => html`<li>${dashIcon()}<span>${entry}</span></li>`)}
    </ul>`;
}

function sure(verdict: Verdict): TemplateResult | typeof nothing {
  if (verdict.state === 'unknown') return nothing;
  const text = verdict.confidence_source?.text ?? 'not calibrated: no such case was simulated';
  return number(text, confidenceTip(verdict), 'sentence');
}

function explained({ id, explained: share, impact }: Verdict): TemplateResult | typeof nothing {
  const { excess_seconds: seconds } = impact;
  if (share === undefined || seconds === undefined || share >= WHOLE) return nothing;
  const tip = `The share of the added time that goes away with the ${phrase(id)}.`;
  return html`explains ${number(formatShare(share), tip)} of the ${formatSeconds(seconds)} lost per
  request`;
}

function missing(report: Report): TemplateResult | typeof nothing {
  const names = primaryFinding(report)?.missing ?? [];
  if (names.length === 0) return nothing;
  return html`not measured: ${names.map((name) => signalTitle(name)).join(' · ')}`;
}
