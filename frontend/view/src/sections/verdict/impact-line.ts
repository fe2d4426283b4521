// Who is hurt and how much, since when: the facts of the incident message, in its order.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { ObjectiveImpact, Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import {
  formatCompared,
  formatCount,
  formatDuration,
  formatPlural,
  formatSeconds,
  formatShare,
  formatShareRange,
  formatTarget,
} from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { phaseTip } from '../../words/sources.js';
import { baselineWords, timeOf, windowWords } from '../../words/times.js';
import { shortSignal, signalTitle } from '../../words/words.js';

/** Fewer than one request in two hundred say nothing about an objective of 95 or 99 %. */
const WORTH_NAMING = 0.005;

/** One line of facts. */
export function impactLine(scene: Scene): TemplateResult {
  const facts = [
    lost(scene),
    failed(scene),
    missed(scene),
    requestTime(scene),
    trend(scene.report),
    since(scene),
    requests(scene),
  ].filter((fact) => fact !== undefined);
  return html`<ul class="facts impact" data-tips aria-label="Impact">
    ${facts.map((fact) => html`<li>${fact}</li>`)}
  </ul>`;
}

function lost(scene: Scene): TemplateResult | undefined {
  const count = scene.report.verdict.impact.lost_requests;
  if (count === undefined) return undefined;
  const tip = explain(
    `${formatCount(count)} began in the window and did not end: still running, or aborted.`,
    'They are in no histogram of finished requests.',
    windowWords(scene),
  );
  return number(
    `${formatPlural(Math.round(count), 'request')} did not finish`,
    tip,
    'sentence strong',
  );
}

/** Width of an interval of shares from which its upper end tells nothing. */
const TELLING = 0.1;

/** Least share that can be told as a whole per cent. */
const LEAST_TOLD = 0.01;

/** `at least 39 % of requests fail`, where that is more than may and the verdict tells another thing. */
function failed({ report }: Scene): TemplateResult | undefined {
  const { verdict, objectives } = report;
  const isTold = verdict.id === 'engine-errors' || verdict.id === 'admission-rejected';
  const row = objectives.rows.find((one) => one.signal === 'lost_requests');
  if (isTold || verdict.impact.lost_requests !== undefined || row?.kept !== 'missed')
    return undefined;
  if (!row.attained) return undefined;
  const [least, most] = [1 - row.attained.hi, 1 - row.attained.lo];
  const share =
    most - least > TELLING && least >= LEAST_TOLD
      ? `at least ${formatShare(Math.floor(100 * least) / 100)}`
      : formatShareRange(least, most);
  return html`<strong>${share} of requests fail</strong>`;
}

/** The objectives that are missed, the most missed first, those of requests apart from tokens. */
export function missedObjectives({ verdict }: Report): ObjectiveImpact[][] {
  const most = (one: ObjectiveImpact | undefined): number => one?.missing[1] ?? 0;
  const missed = verdict.impact.objectives
    .filter((one) => most(one) > WORTH_NAMING)
    .sort((a, b) => most(b) - most(a));
  const groups = [missed.filter((one) => !isOfTokens(one)), missed.filter(isOfTokens)];
  return groups.filter((group) => group.length > 0).sort((a, b) => most(b[0]) - most(a[0]));
}

/** Inter-token latency is observed for each token, every other objective for each request. */
function isOfTokens({ signal }: ObjectiveImpact): boolean {
  return signal === 'itl';
}

function missed(scene: Scene): TemplateResult | undefined {
  const { verdict } = scene.report;
  if (verdict.id === 'telemetry-fault') return html`unknown until the telemetry is repaired`;
  const { objectives } = verdict.impact;
  if (objectives.length === 0) return html`impact not measured`;
  const isHealthy = verdict.state === 'clear';
  const groups = missedObjectives(scene.report);
  const tip = explain(
    ...objectives.map(
      ({ signal, target, missing: [lo, hi] }) =>
        `${signalTitle(signal)}: ${formatShareRange(lo, hi)} above the target of ${formatTarget(target)}.`,
    ),
    windowWords(scene),
  );
  if (groups.length === 0) {
    const whose = isHealthy ? 'every' : 'what finished met every';
    return number(`${whose} measured target${isHealthy ? ' is met' : ''}`, tip, 'sentence');
  }
  const within = isHealthy ? 'within the objective: ' : '';
  const [first = '', ...more] = groups.flatMap(missing);
  const kind = isHealthy ? 'sentence' : 'sentence strong';
  const rest = html`<span class="more-objectives">${more.join('')}</span>`;
  return html`<span class="number ${kind}" tabindex="-1" data-tip=${tip}
    >${within}${first}${rest}</span
  >`;
}

/** `43 % of requests miss TTFT 0.5 s`, `, 12 % E2E 10 s`, and ` · …` before the next group. */
function missing(group: ObjectiveImpact[], place: number): string[] {
  return group.map((one, index) => {
    const { signal, target } = one;
    const [lo, hi] = one.missing;
    const whose = isOfTokens(one) ? 'tokens' : 'requests';
    const verb = index === 0 ? ` of ${whose} miss` : '';
    const name = `${shortSignal(signal)}\u00a0${formatTarget(target)}`;
    const join = index > 0 ? ', ' : place > 0 ? ' · ' : '';
    return `${join}${formatShareRange(lo, hi)}${verb} ${name}`;
  });
}

function requestTime(scene: Scene): TemplateResult | undefined {
  const { phases, verdict } = scene.report;
  if (!phases || verdict.id === 'telemetry-fault') return undefined;
  const before = phases.baseline_mean_e2e;
  const tip = explain(phaseTip(scene, phases, undefined, 'now'), baselineWords(scene));
  if (before === undefined)
    return number(`request time ${formatSeconds(phases.mean_e2e)}`, tip, 'sentence');
  const [is, was] = formatCompared(phases.mean_e2e, before);
  return number(`request time ${is}, was ${was}`, tip, 'sentence');
}

/** A queue moves by a few requests between two scrapes, or by a fifth, without a direction. */
const SWAY = { requests: 2, factor: 1.2 };

/** Neither growing nor draining is not yet steady: the samples must be alike. */
function trend({ verdict: { impact, id }, signals }: Report): TemplateResult | undefined {
  if (id === 'telemetry-fault') return undefined;
  if (impact.trend === 'growing') return html`the queue grows`;
  if (impact.trend === 'recovering') return html`the queue drains`;
  const { min = 0, max = Infinity } = signals.waiting ?? {};
  const isAlike = max <= SWAY.factor * min + SWAY.requests;
  const queues = signals.queue_time?.level === 'high' && isAlike;
  return impact.trend === 'steady' && queues ? html`the queue is steady` : undefined;
}

function since(scene: Scene): TemplateResult | undefined {
  const { verdict, range } = scene.report;
  if (verdict.since === undefined) return undefined;
  const ago = formatDuration(range.end - verdict.since);
  const tip = explain(
    `The condition began at ${scene.services.formatTime(verdict.since, 'date-time')},`,
    `${ago} before the last sample.`,
  );
  return number(`since ${timeOf(scene, verdict.since)} (${ago})`, tip, 'sentence');
}

function requests(scene: Scene): TemplateResult {
  const { window } = scene.report;
  const span = formatDuration(window.end - window.start);
  const finished = window.finished_requests;
  const text =
    finished === undefined
      ? `window of ${span}`
      : `${formatPlural(Math.round(finished), 'request')} finished in ${span}`;
  return number(text, explain('Counted by the engine.', windowWords(scene)), 'sentence');
}
