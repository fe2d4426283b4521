// Two windows side by side: whether the later one is worse, and in what.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { ComparedWith, Interval } from '../../contract.js';
import type { Comparison, ComparisonRow, Outcome } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { crossIcon, stateIcon, tickIcon } from '../../theme/icons.js';
import { copyButton } from '../../words/copy-button.js';
import { formatCompared, formatDelta, formatRatio, formatValue } from '../../words/format.js';
import { timeSpan } from '../../words/times.js';
import { sentence } from '../../words/words.js';
import type { KINDS } from './windows.js';

type Kind = (typeof KINDS)[number];

/** What the section shows besides the report. */
export interface ComparisonView {
  chosen: ComparedWith;
  /** The windows that the loaded range holds. */
  offered: readonly Kind[];
  /** The earlier one first; undefined where they overlap or one is missing. */
  windows: [Interval, Interval] | undefined;
  /** A sentence where there is no comparison. */
  answer: Comparison | string;
  choose(other: ComparedWith | undefined): void;
  markdown(): string;
}

/** Below the charts, so that none of them moves. */
export function comparisonSection(scene: Scene, view: ComparisonView): TemplateResult {
  const { answer, windows } = view;
  return html`<div class="comparison" role="group" aria-labelledby="it-comparison">
    <div class="block-head">
      <h3 id="it-comparison">Compared</h3>
      <p class="block-sub">${windows ? windowNames(scene, windows) : nothing}</p>
      <div class="strip-buttons">
        ${typeof answer === 'string' ? nothing : copyButton(scene.services, view.markdown, 'comparison')}
        <button type="button" class="small" @click=${(): void => view.choose(undefined)}>
          end comparison
        </button>
      </div>
    </div>
    ${choices(scene, view)}
    ${
      typeof answer === 'string'
        ? html`<p class="quiet" role="status">${sentence(answer)}</p>`
        : compared(answer)
    }
  </div>`;
}

function windowNames(scene: Scene, [before, after]: [Interval, Interval]): string {
  return `before ${timeSpan(scene, before)} · after ${timeSpan(scene, after)}`;
}

const KIND_NAME: Record<Kind, string> = {
  baseline: 'with the baseline',
  previous: 'with the time just before',
  next: 'with the time just after',
};

function choices({ report }: Scene, { chosen, offered, choose }: ComparisonView): TemplateResult {
  const isKept = typeof chosen !== 'string';
  return html`<div class="comparison-choices" role="group" aria-label="Compare this window">
    ${offered.map(
      (kind) =>
        html`<button
          type="button"
          class="small"
          aria-pressed=${kind === chosen}
          @click=${(): void => choose(kind)}
        >
          ${KIND_NAME[kind]}
        </button>`,
    )}
    <button
      type="button"
      class="small"
      aria-pressed=${isKept}
      @click=${(): void => choose(report.window)}
    >
      ${isKept ? 'keep this window instead' : 'with one I pick next'}
    </button>
  </div>`;
}

const OUTCOME_SAYS: Record<Outcome, string> = {
  pass: 'the later window is no worse, as far as it was measured',
  fail: 'the later window is worse, or what was wrong still is',
  inconclusive: 'the data do not decide whether the later window is worse',
};

function compared({ outcome, rows }: Comparison): TemplateResult {
  return html`<p class="comparison-answer" role="status">
      ${outcomeWord(outcome)} ${sentence(OUTCOME_SAYS[outcome])}
    </p>
    <table role="table">
      <caption class="visually-hidden">
        What was compared, in both windows
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader"><span class="visually-hidden">what</span></th>
          <th scope="col" role="columnheader" class="right">before</th>
          <th scope="col" role="columnheader" class="right">after</th>
          <th scope="col" role="columnheader" class="right col-change">change</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(line)}
      </tbody>
    </table>`;
}

function line(row: ComparisonRow): TemplateResult {
  const [before, after] = values(row);
  return html`<tr role="row" data-subject=${row.subject}>
    <th scope="row" role="rowheader">
      ${row.title}<span class="promise">${outcomeWord(row.outcome)} · ${row.because}</span>
    </th>
    <td role="cell" class="right">${before}</td>
    <td role="cell" class="right">${after}</td>
    <td role="cell" class="right col-change">${change(row)}</td>
  </tr>`;
}

/** A quantile is at most what its buckets prove. */
function values({ subject, unit, before, after }: ComparisonRow): [string, string] {
  if (subject === 'verdict') return ['', ''];
  const most = subject === 'latency' ? '≤\u00a0' : '';
  const round = (value: number): number => (unit === 'tokens' ? Math.round(value) : value);
  const one = (value: number | undefined): string =>
    value === undefined ? '–' : `${most}${formatValue(round(value), unit)}`;
  if (unit !== 's' || before === undefined || after === undefined) return [one(before), one(after)];
  const [was, is] = formatCompared(before, after);
  return [`${most}${was}`, `${most}${is}`];
}

function change({ subject, before, after }: ComparisonRow): string {
  if (before === undefined || after === undefined || subject === 'latency') return '';
  if (subject === 'phase') return formatDelta(after - before);
  return before > 0 ? formatRatio(after / before) : '';
}

const OUTCOME_ICON: Record<Outcome, () => TemplateResult> = {
  pass: tickIcon,
  fail: crossIcon,
  inconclusive: () => stateIcon('unknown'),
};

function outcomeWord(outcome: Outcome): TemplateResult {
  return html`<span class="outcome" data-outcome=${outcome}
    >${OUTCOME_ICON[outcome]()} ${outcome}</span
  >`;
}
