// What changed against the baseline, phase by phase, and whether the workload changed with it.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { PhasePart, Phases } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { formatCount, formatDelta } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { baselineWords } from '../../words/times.js';
import { phaseName } from '../../words/words.js';

/** A change below this share of the mean latency is written ±0. */
const NEGLIGIBLE_SHARE = 0.002;
/** A phase that takes this much of the mean latency more than before is marked. */
const MARKED_SHARE = 0.05;
/** Token means that differ by less than this share count as unchanged. */
const SAME_WORKLOAD = 0.05;

/** The change of the whole, as the last entry of the list of phases; nothing without a baseline. */
export function totalChange(scene: Scene, phases: Phases): TemplateResult | typeof nothing {
  const before = phases.baseline_mean_e2e;
  if (before === undefined) return nothing;
  const tip = explain('Mean end-to-end latency, now minus baseline.', baselineWords(scene));
  return html`<li class="phase phase-total">
    <span class="phase-name">change</span>
    ${number(formatDelta(phases.mean_e2e - before, negligible(phases)), tip, 'strong')}
  </li>`;
}

/** The change of one phase against the baseline; nothing without one. */
export function partChange(
  scene: Scene,
  phases: Phases,
  part: PhasePart,
): TemplateResult | typeof nothing {
  const { delta } = part;
  if (delta === undefined) return nothing;
  const marked = delta > MARKED_SHARE * phases.mean_e2e;
  const tip = explain(
    `${phaseName(part.phase)} ${formatDelta(delta)}${causesOf(part)}.`,
    baselineWords(scene),
  );
  return number(formatDelta(delta, negligible(phases)), tip, marked ? 'delta worse' : 'delta');
}

/** `: +0.1 ms more tokens, −1.8 ms faster per token`; empty where the phase has no token driver. */
function causesOf({ delta_workload: workload, delta_service: service }: PhasePart): string {
  const causes = [
    workload !== undefined && `${formatDelta(workload)} ${workload < 0 ? 'fewer' : 'more'} tokens`,
    service !== undefined &&
      `${formatDelta(service)} ${service < 0 ? 'faster' : 'slower'} per token`,
  ].filter(Boolean);
  return causes.length > 0 ? `: ${causes.join(', ')}` : '';
}

/** The change that reads as none, seconds. */
export function negligible(phases: Phases): number {
  return NEGLIGIBLE_SHARE * phases.mean_e2e;
}

/** Tokens per request before and now, with a word for the difference. */
export function workloadNote({ report }: Scene): TemplateResult | typeof nothing {
  const prompt = report.signals['prompt_tokens_per_request'];
  const output = report.signals['generation_tokens_per_request'];
  const pairs = [
    { noun: 'prompt', now: prompt?.mean, before: prompt?.baseline_mean },
    { noun: 'output', now: output?.mean, before: output?.baseline_mean },
  ].filter((pair): pair is { noun: string; now: number; before: number } => {
    return pair.now !== undefined && pair.before !== undefined;
  });
  if (pairs.length === 0) return nothing;
  const same = pairs.every(({ now, before }) => Math.abs(now - before) <= SAME_WORKLOAD * before);
  const texts = pairs.map(({ noun, now, before }) => `${tokens(before)} → ${tokens(now)} ${noun}`);
  return html`<p class="workload">
    workload ${same ? 'unchanged' : html`<b>changed</b>`}: ${texts.join(', ')} tokens per request
  </p>`;
}

function tokens(mean: number): string {
  return formatCount(Math.round(mean));
}
