// Mean end-to-end latency as one stacked bar, its baseline under it, and every part in seconds, per
// cent and change.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { PhasePart, Phases } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { formatDelta, formatPlural, formatSeconds, formatShare } from '../../words/format.js';
import { number } from '../../words/number.js';
import { phaseTip } from '../../words/sources.js';
import { timeSpan } from '../../words/times.js';
import { phaseName } from '../../words/words.js';
import { negligible, partChange, totalChange, workloadNote } from './phase-change.js';

/** The second level of the view. */
export function phaseBar(scene: Scene): TemplateResult {
  const { phases } = scene.report;
  return html`<section class="block phases" data-tips aria-labelledby="it-phases">
    ${phases ? content(scene, phases) : empty(scene)}
  </section>`;
}

/** Absent data are named exactly: what is not there, not what did not happen. */
function empty(scene: Scene): TemplateResult {
  const { window, verdict } = scene.report;
  const leftOut = verdict.id === 'telemetry-fault';
  const text =
    window.finished_requests === undefined
      ? `End-to-end latency is not ${leftOut ? 'known: what contradicts itself was left out' : 'in the data'}, so the time of a request cannot be divided.`
      : window.finished_requests > 0
        ? 'End-to-end latency or one of its parts is not in the data, so the time of a request cannot be divided.'
        : `No request finished in ${timeSpan(scene, window)}, so there is no mean to divide.`;
  return html`<h3 id="it-phases" class="visually-hidden">Where the time goes</h3>
    <p class="quiet">${text}</p>`;
}

function content(scene: Scene, phases: Phases): TemplateResult {
  const before = phases.baseline_mean_e2e;
  const longest = Math.max(phases.mean_e2e, before ?? 0);
  return html`${heading(scene, phases, 'it-phases')}
    <div class="bars">
      ${before === undefined ? nothing : bar(scene, phases, 'baseline', before, longest)}
      ${bar(scene, phases, 'now', phases.mean_e2e, longest)}
    </div>
    ${scene.size === 'brief' ? nothing : details(scene, phases)}`;
}

function heading(scene: Scene, phases: Phases, id: string | typeof nothing): TemplateResult {
  const finished = formatPlural(phases.finished, 'request');
  const estimated = phases.parts.some((part) => part.basis === 'estimated');
  return html`<div class="block-head phase-head">
    <h3 id=${id}>Where ${formatSeconds(phases.mean_e2e)} goes</h3>
    <p class="block-sub">
      mean of the ${finished} that finished in this window, ${timeSpan(scene, scene.report.window)}
    </p>
    <p class="block-note">
      ${estimated ? 'exact from _sum and _count; hatched: estimated' : 'exact: from _sum and _count'}
    </p>
  </div>`;
}

/** Every phase in numbers, where the bars have no room for them. */
export function phaseTable(scene: Scene): TemplateResult | typeof nothing {
  const { phases } = scene.report;
  if (!phases) return nothing;
  return html`<section class="block phases" data-tips aria-label="Phases in numbers">
    ${heading(scene, phases, nothing)} ${details(scene, phases)}
  </section>`;
}

function details(scene: Scene, phases: Phases): TemplateResult {
  return html`<ul class="phase-list">
      ${phases.parts.map((part) => legend(scene, phases, part))} ${totalChange(scene, phases)}
    </ul>
    ${workloadNote(scene)}`;
}

type Period = 'now' | 'baseline';

const PERIOD_NAME: Record<Period, string> = { now: 'now', baseline: 'before' };

function bar(
  scene: Scene,
  phases: Phases,
  period: Period,
  total: number,
  longest: number,
): TemplateResult {
  const parts = phases.parts.filter((part) => part.part_of === undefined);
  return html`<span class="bar-name">${PERIOD_NAME[period]}</span>
    <div class="bar bar-${PERIOD_NAME[period]}" aria-hidden="true">
      <div class="bar-fill" .style=${`width:${percent(total, longest)}`}>
        ${parts.map((part) => segment(phases, part, period, total))}
      </div>
    </div>
    <span class="bar-total"
      >${number(formatSeconds(total), phaseTip(scene, phases, undefined, period))}</span
    >`;
}

/** Characters for which the style sheet keeps room; a longer change stands in the list alone. */
const LONGEST_DELTA = 8;

function segment(
  phases: Phases,
  part: PhasePart,
  period: Period,
  total: number,
): TemplateResult | typeof nothing {
  const seconds = secondsIn(part, period);
  if (seconds === undefined) return nothing;
  const delta = formatDelta(part.delta ?? 0, negligible(phases));
  const hasDelta = period === 'now' && part.delta !== undefined && delta.length <= LONGEST_DELTA;
  const inside = phases.parts.filter((other) => other.part_of === part.phase);
  return html`<div class="segment ${part.phase}" .style=${`width:${percent(seconds, total)}`}>
    ${inside.map((other) => {
      const share = percent(secondsIn(other, period) ?? 0, seconds);
      return html`<i class="hatch" .style=${`width:${share}`}></i>`;
    })}
    <span class="segment-text"
      ><b class="segment-name">${phaseName(part.phase)}</b>
      <b class="segment-seconds">${formatSeconds(seconds)}</b>
      ${hasDelta ? html`<span class="segment-share">${delta}</span>` : nothing}</span
    >
  </div>`;
}

function secondsIn(part: PhasePart, period: Period): number | undefined {
  return period === 'now' ? part.seconds : part.baseline_seconds;
}

function legend(scene: Scene, phases: Phases, part: PhasePart): TemplateResult {
  const estimated = part.basis === 'estimated';
  return html`<li class="phase ${part.part_of === undefined ? '' : 'phase-inside'}">
    <i class="swatch ${part.part_of ?? part.phase} ${estimated ? 'hatched' : ''}"></i>
    <span class="phase-name"
      >${phaseName(part.phase)}${estimated ? html` <em>estimated</em>` : nothing}</span
    >
    ${number(formatSeconds(part.seconds), phaseTip(scene, phases, part, 'now'), 'strong')}
    <span class="phase-share">${formatShare(part.share)}</span>
    ${partChange(scene, phases, part)}
  </li>`;
}

/** A width in per cent of a whole, within 0–100. */
function percent(part: number, whole: number): string {
  const ratio = whole > 0 ? part / whole : 0;
  return `${(Math.min(1, Math.max(0, ratio)) * 100).toFixed(3)}%`;
}
