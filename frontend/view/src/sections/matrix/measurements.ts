// The measurements that have no row in the matrix, folded away.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { SignalReport } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { levelIcon } from '../../theme/icons.js';
import { formatCount, formatExtremes, formatValue } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { baselineWords, windowWords } from '../../words/times.js';
import { LEVEL_WORD } from '../../words/words.js';
import { matrixSignals } from './matrix.js';

/** Nothing when every signal is in the matrix. */
export function otherMeasurements(scene: Scene): TemplateResult | typeof nothing {
  const inMatrix = new Set<string>(matrixSignals(scene.report).map(([id]) => id));
  const rest = Object.entries(scene.report.signals).filter(
    ([name, signal]) => !inMatrix.has(name) && signal.mean !== undefined,
  );
  if (rest.length === 0) return nothing;
  return html`<details class="measurements">
    <summary>${formatCount(rest.length)} other measurements</summary>
    <table role="table" data-tips>
      <thead>
        <tr>
          <th scope="col">signal</th>
          <th scope="col" class="right">mean</th>
          <th scope="col" class="right">least – most</th>
          <th scope="col" class="right">baseline</th>
          <th scope="col">level</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rest.map(([, signal]) => row(scene, signal))}
      </tbody>
    </table>
  </details>`;
}

function row(scene: Scene, signal: SignalReport): TemplateResult {
  const value = (amount: number | undefined): string =>
    amount === undefined ? '–' : formatValue(amount, signal.unit);
  const tip = explain(
    signal.min === undefined
      ? `${signal.title} over the window.`
      : `${signal.title}: mean over the samples of the window.`,
    signal.last === undefined ? undefined : `Newest sample ${value(signal.last)}.`,
    windowWords(scene, signal.count, 'observation'),
  );
  const { min, max } = signal;
  const range =
    min === undefined || max === undefined ? '–' : formatExtremes(min, max, signal.unit);
  return html`<tr role="row">
    <th scope="row" role="rowheader">${signal.title}</th>
    <td role="cell" class="right">${number(value(signal.mean), tip)}</td>
    <td role="cell" class="right">${range}</td>
    <td role="cell" class="right">
      ${number(value(signal.baseline_mean), baselineWords(scene) || 'No baseline.')}
    </td>
    <td role="cell" class="level-${signal.level}">
      ${
        signal.level === 'unknown'
          ? number('–', signal.level_reason)
          : html`<span class="level"
              >${levelIcon(signal.level)}${number(
                LEVEL_WORD[signal.level],
                signal.level_reason,
              )}</span
            >`
      }
    </td>
  </tr>`;
}
