// The objectives: what was promised, how much of it was kept for certain, and what spent the rest.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { shareBar } from '../../charts/share-bar.js';
import type { Attained, Joint, Objective, Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { levelIcon } from '../../theme/icons.js';
import { copyButton } from '../../words/copy-button.js';
import {
  formatCount,
  formatPlural,
  formatShare,
  formatShareRange,
  formatTarget,
} from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import {
  KEPT_LEVEL,
  KEPT_WORD,
  jointName,
  objectiveName,
  promiseWords,
  unitOf,
} from '../../words/objectives.js';
import { timeSpan, windowWords } from '../../words/times.js';
import { sentence } from '../../words/words.js';
import { objectivesByModel } from './by-model.js';
import { objectivesMarkdown } from './markdown.js';

/** Whether the report names any objective. */
export function hasObjectives(report: Report): boolean {
  return report.objectives.rows.length > 0;
}

/** A table of the objectives, what spent them, and the same of other models. */
export function objectives(scene: Scene): TemplateResult {
  const { rows, joint, budget, quantile } = scene.report.objectives;
  return html`<section class="block objectives" aria-labelledby="it-objectives">
    <div class="block-head">
      <h3 id="it-objectives">Objectives</h3>
      <p class="block-sub">
        ${formatShare(quantile)} of requests must meet each, over
        ${timeSpan(scene, scene.report.window)}
      </p>
      <span class="block-note"
        >${copyButton(scene.services, () => objectivesMarkdown(scene.report), 'as Markdown')}</span
      >
    </div>
    <p class="budget">${budget?.sentence ?? 'No objective is measured in this window.'}</p>
    <table role="table" data-tips class="objectives-table">
      <caption class="visually-hidden">
        Objectives with the share of requests that met each, as an interval that is certain and one
        that holds the service behind the window. Each number explains itself when focused; the
        arrow keys move between numbers.
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader" class="col-promise">objective</th>
          <th scope="col" role="columnheader" class="col-bar">
            <span class="visually-hidden">share within it, from none to all</span>
          </th>
          <th scope="col" role="columnheader" class="col-share">within it</th>
          <th scope="col" role="columnheader" class="col-kept">verdict</th>
          <th scope="col" role="columnheader" class="col-requests">requests</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => objectiveRow(scene, row))} ${joint ? jointRow(scene, joint) : nothing}
      </tbody>
    </table>
    <p class="quiet objectives-note">${note(rows)}</p>
    ${objectivesByModel(scene)}
  </section>`;
}

const LEGEND =
  'Solid: certain. Dashed: what the buckets leave open. Thin line: 95 % interval for the service. Upright mark: the objective.';

/** Which targets nobody chose, and how the bars are read. */
function note(rows: readonly Objective[]): string {
  const targets = rows.filter(({ target }) => target !== undefined);
  const none = targets.every(({ given }) => !given);
  const some = targets.some(({ given }) => !given);
  const defaults = none
    ? 'No target is set: these are the defaults of the kind of service. '
    : some
      ? 'Targets marked “default” are those of the kind of service. '
      : '';
  return rows.some(({ attained }) => attained) ? defaults + LEGEND : defaults;
}

function objectiveRow(scene: Scene, row: Objective): TemplateResult {
  const { attained, kept, target, given } = row;
  const isDefault = target !== undefined && !given;
  return html`<tr role="row" class="level-${KEPT_LEVEL[kept]}">
    <th scope="row" role="rowheader" class="col-promise">
      ${objectiveName(row)}${isDefault ? html` <span class="quiet">· default</span>` : nothing}
      <span class="promise">${promiseWords(scene.report, row)}</span>
    </th>
    ${attained ? shareCells(scene, row, attained) : withoutData(row)}
    <td role="cell" class="col-kept">${verdict(scene, row)}</td>
    <td role="cell" class="col-requests">${requests(scene, row)}</td>
  </tr>`;
}

/** Absent is not zero: the reason stands where the share would. */
function withoutData({ reason }: Objective): TemplateResult {
  return html`<td role="cell" class="col-none" colspan="2">${sentence(reason)}</td>`;
}

function shareCells(scene: Scene, row: Objective, attained: Attained): TemplateResult {
  const { lo, hi, sample, nearest_bound: nearest } = attained;
  const { quantile } = scene.report.objectives;
  const share = formatShareRange(lo, hi);
  const tip = explain(
    `${share} of ${formatPlural(attained.count, unitOf(row))} met it in this window.`,
    lo === hi
      ? 'Exact: the target is a bucket bound, or its bucket is empty.'
      : 'Guaranteed: between none and all of the bucket that holds the target.',
    nearest && `The target lies inside a bucket. Nearest bound: ${formatTargetShare(nearest)}.`,
    sample && `95 % interval for the service behind the window: ${formatShareRange(...sample)}.`,
    windowWords(scene),
  );
  return html`<td role="cell" class="col-bar">${shareBar({ lo, hi, sample, line: quantile })}</td>
    <td role="cell" class="col-share">
      ${number(share, tip)}
      ${sample ? html`<span class="promise">service ${formatShareRange(...sample)}</span>` : nothing}
      ${nearest ? html`<span class="promise">${formatTargetShare(nearest)}</span>` : nothing}
    </td>`;
}

/** `2 s: 45 %`: the exact share at the bound of a bucket. */
function formatTargetShare([bound, share]: [number, number]): string {
  return `≤ ${formatTarget(bound)}: ${formatShare(share)}`;
}

function verdict(scene: Scene, row: Objective): TemplateResult {
  const { kept, reason, attained } = row;
  const { quantile } = scene.report.objectives;
  const [lo, hi] = attained?.sample ?? [0, 1];
  const isFew = kept !== 'unknown' && lo < quantile && quantile <= hi;
  const tip = explain(
    reason === '' ? `${sentence(KEPT_WORD[kept])}` : sentence(reason),
    isFew &&
      attained?.requests !== undefined &&
      `So it is in this window; ${formatPlural(attained.requests, 'request')} are too few to say the same of the service.`,
    windowWords(scene),
  );
  return html`<span class="level"
      >${levelIcon(KEPT_LEVEL[kept])} ${number(KEPT_WORD[kept], tip)}</span
    >
    ${isFew ? html`<span class="promise">in this window</span>` : nothing}`;
}

function requests(scene: Scene, { attained }: Objective): TemplateResult {
  const count = attained?.requests;
  if (!attained || count === undefined) return absent();
  const tip = explain(
    attained.count === count
      ? 'Requests that this objective counts.'
      : `${formatPlural(attained.count, 'output')} of ${formatPlural(count, 'request')}; outputs of one request are slow together, so requests are what is independent.`,
    windowWords(scene),
  );
  return number(formatCount(count), tip);
}

function jointRow(scene: Scene, joint: Joint): TemplateResult {
  const share = formatShareRange(joint.lo, joint.hi);
  const tip = explain(
    `${share} of requests met all of these at once (Fréchet bounds).`,
    'Histograms do not say whether one request missed several.',
    windowWords(scene),
  );
  return html`<tr role="row" class="joint">
    <th scope="row" role="rowheader" class="col-promise">
      ${jointName(joint)} at once <span class="promise">joint goodput of one request</span>
    </th>
    <td role="cell" class="col-bar">${shareBar({ lo: joint.lo, hi: joint.hi })}</td>
    <td role="cell" class="col-share">${number(share, tip)}</td>
    <td role="cell" class="col-kept"><span class="quiet">no target</span></td>
    <td role="cell" class="col-requests">${absent()}</td>
  </tr>`;
}

function absent(): TemplateResult {
  return html`<span class="absent" aria-label="not known">–</span>`;
}
