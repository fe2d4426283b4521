// Who is hurt and how much, how much of it the verdict explains, and what else holds.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { CauseId, ObjectiveImpact, Report, Verdict } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import {
  formatCount,
  formatDelta,
  formatPlural,
  formatSeconds,
  formatShare,
  formatShareRange,
  formatTarget,
} from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { baselineWords, windowWords } from '../../words/times.js';
import { phrase, shortSignal, signalTitle } from '../../words/words.js';

/** Added time below this share of the mean latency is not worth a word. */
const NEGLIGIBLE_SHARE = 0.01;

/** One line of facts; nothing where nobody is hurt. */
export function impactLine(scene: Scene): TemplateResult | typeof nothing {
  const small = scene.size === 'line' || scene.size === 'bar';
  const facts = [
    objectives(scene, small),
    excess(scene),
    small ? undefined : explained(scene.report.verdict),
    trend(scene.report),
    lost(scene),
  ].filter((fact) => fact !== undefined);
  if (facts.length === 0) return nothing;
  return html`<ul class="facts impact" data-tips aria-label="Impact">
    ${facts.map((fact) => html`<li>${fact}</li>`)}
  </ul>`;
}

/** Causes that hold besides the verdict. */
export function alsoHolding({ report: { verdict }, size }: Scene): TemplateResult | typeof nothing {
  const { contributing, consequences } = verdict;
  if (size === 'line' || size === 'bar') return nothing;
  if (contributing.length + consequences.length === 0) return nothing;
  return html`<ul class="facts also">
    ${causes('Contributes', contributing)} ${causes('Follows from it', consequences)}
  </ul>`;
}

function causes(title: string, ids: readonly CauseId[]): TemplateResult | typeof nothing {
  if (ids.length === 0) return nothing;
  return html`<li>
    <span class="quiet">${title}:</span> ${ids.map((id) => phrase(id)).join(', ')}
  </li>`;
}

function objectives(scene: Scene, small: boolean): TemplateResult | undefined {
  const { signals, verdict } = scene.report;
  const missed = verdict.impact.objectives.filter(
    ({ signal }) => signals[signal]?.level === 'high',
  );
  if (missed.length === 0) return undefined;
  const tip = explain(
    ...missed.map(
      ({ signal, target, missing: [lo, hi] }) =>
        `${signalTitle(signal)}: ${formatShareRange(lo, hi)} above the target of ${formatTarget(target)}.`,
    ),
    windowWords(scene),
  );
  const text = (small ? missed.slice(0, 1) : missed).map(objective).join(', ');
  return number(text, tip, 'sentence strong');
}

/** Inter-token latency is observed for each token, every other objective for each request. */
function objective({ signal, target, missing: [lo, hi] }: ObjectiveImpact, index: number): string {
  const whose = signal === 'itl' ? 'tokens' : 'requests';
  const verb = index === 0 || signal === 'itl' ? ` of ${whose} miss` : '';
  return `${formatShareRange(lo, hi)}${verb} ${shortSignal(signal)} ${formatTarget(target)}`;
}

function excess(scene: Scene): TemplateResult | undefined {
  const seconds = addedSeconds(scene.report);
  if (seconds === undefined) return undefined;
  const tip = explain(
    'Seconds of the mean request beyond what they were and what they may be.',
    windowWords(scene),
    baselineWords(scene),
  );
  return html`${number(formatDelta(seconds), tip, 'strong')} per request`;
}

function addedSeconds({ verdict, phases }: Report): number | undefined {
  const seconds = verdict.impact.excess_seconds;
  if (seconds === undefined || seconds <= NEGLIGIBLE_SHARE * (phases?.mean_e2e ?? 0))
    return undefined;
  return seconds;
}

function explained({ id, explained: share, impact }: Verdict): TemplateResult | undefined {
  const { excess_seconds: seconds } = impact;
  if (share === undefined || seconds === undefined) return undefined;
  const tip = `The added seconds that go away with the ${phrase(id)}.`;
  return html`explains ${number(formatShare(share), tip)} of the added ${formatSeconds(seconds)}`;
}

function trend({ verdict: { impact }, signals }: Report): TemplateResult | undefined {
  if (impact.trend === 'growing') return html`queue growing`;
  if (impact.trend === 'recovering') return html`queue shrinking`;
  const queues = signals.queue_time?.level === 'high';
  return impact.trend === 'steady' && queues ? html`queue steady` : undefined;
}

function lost(scene: Scene): TemplateResult | undefined {
  const count = scene.report.verdict.impact.lost_requests;
  if (count === undefined) return undefined;
  const tip = explain(
    `${formatCount(count)} began in the window and did not end: still running, or aborted.`,
    'They are in no histogram of finished requests.',
    windowWords(scene),
  );
  return html`${number(formatPlural(Math.round(count), 'unfinished request'), tip)}`;
}
