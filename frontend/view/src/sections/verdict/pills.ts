// Short facts beside the verdict: how sure, since when, from how many requests, how good the data
// are, of what.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { ScopeSummary, Verdict } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { formatCount, formatDuration, formatPlural } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { timeOf, windowWords } from '../../words/times.js';
import { gradeMeaning } from '../../words/words.js';

/** The list of pills; fewer in a small container. */
export function pills(scene: Scene): TemplateResult {
  const small = scene.size === 'line' || scene.size === 'bar';
  return html`<ul class="pills" data-tips aria-label="About this verdict">
    ${confidencePill(scene.report.verdict)} ${sincePill(scene)}
    ${small ? nothing : requestsPill(scene)} ${qualityPill(scene, small)}
    ${small ? nothing : scopePill(scene)}
  </ul>`;
}

const CONFIDENCE_MEANING: Record<Verdict['confidence_word'], string> = {
  certain: 'right in at least 95 % of simulated incidents with numbers like these',
  likely: 'right in at least 80 % of simulated incidents with numbers like these',
  possible: 'right in at least half of the simulated incidents with numbers like these',
  uncalibrated:
    'how often this rule is right has not been measured yet; judge by the evidence below',
};

function confidencePill({ confidence, confidence_word: word }: Verdict): TemplateResult {
  const text = word === 'uncalibrated' ? 'confidence uncalibrated' : word;
  const tip = `Confidence: ${CONFIDENCE_MEANING[word]}.`;
  return html`<li class="pill">
    <b>${number(text, tip)}</b
    >${confidence === undefined ? nothing : html` ${confidence.toFixed(2)}`}
  </li>`;
}

function sincePill(scene: Scene): TemplateResult | typeof nothing {
  const { verdict, window } = scene.report;
  if (verdict.since === undefined) return nothing;
  const ago = formatDuration(window.end - verdict.since);
  const tip = explain(
    `The condition began at ${scene.services.formatTime(verdict.since, 'date-time')},`,
    `${ago} before the end of the window.`,
  );
  return html`<li class="pill">
    since <b>${number(timeOf(scene, verdict.since), tip)}</b> · ${ago}
  </li>`;
}

function requestsPill(scene: Scene): TemplateResult | typeof nothing {
  const finished = scene.report.window.finished_requests;
  if (finished === undefined) return nothing;
  const tip = explain(
    'Requests that finished in the window, counted by the engine.',
    windowWords(scene),
  );
  return html`<li class="pill">
    <b>${number(formatCount(finished), tip)}</b> requests in window
  </li>`;
}

function qualityPill(scene: Scene, small: boolean): TemplateResult {
  const { grade, caveats } = scene.report.quality;
  const tip = explain(
    `Grade ${grade}: ${gradeMeaning(grade)}.`,
    `${formatPlural(caveats.length, 'caveat')}.`,
  );
  return html`<li class="pill grade-${grade}">
    ${small ? 'data' : 'data quality'} <b>${number(grade, tip)}</b>
  </li>`;
}

function scopePill(scene: Scene): TemplateResult | typeof nothing {
  const scope = scene.report.scopes.find(({ id }) => id === scene.report.scope);
  if (!scope) return nothing;
  const engine = `${scope.engine.profile}${scope.engine.version_hint ? ` ${scope.engine.version_hint}` : ''}`;
  const tip = explain(`Engine ${engine}, metrics ${scope.engine.prefix}…`, replicaLine(scope));
  return html`<li class="pill pill-scope">
    <span class="clip">${scope.model || scope.engine.profile}</span> ·
    <b>${number(formatPlural(scope.replicas.length, 'replica'), tip)}</b>
  </li>`;
}

function replicaLine(scope: ScopeSummary): string {
  const shown = scope.replicas.slice(0, 6).join(', ');
  const more = scope.replicas.length - 6;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
