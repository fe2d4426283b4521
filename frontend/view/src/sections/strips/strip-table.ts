// The strips as a table: what a reader who does not see the charts gets, and what anyone can copy.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { summarise } from '../../charts/columns.js';
import type { Columns, Summary } from '../../charts/columns.js';
import type { Strip } from '../../charts/strip-data.js';
import type { Interval } from '../../contract.js';
import type { Scene } from '../../scene.js';
import { formatDuration, formatExtremes, formatValue } from '../../words/format.js';
import { baselineSpan, timeSpan } from '../../words/times.js';

/** Folded; one line a series, over the window, the baseline and the whole range. */
export function stripTable(
  scene: Scene,
  strips: Strip[],
  columns: Columns,
): TemplateResult | typeof nothing {
  const times = columns.get('times');
  if (!times) return nothing;
  const { range, window } = scene.report;
  const baseline = baselineSpan(scene.report);
  const spans = [window, ...(baseline ? [baseline] : []), range];
  const cell = (id: string, unit: string, { start, end }: Interval): TemplateResult => {
    const values = columns.get(id);
    return html`<td class="right">
      ${words(values && summarise(times, values, start, end), unit)}
    </td>`;
  };
  return html`<details class="strip-table">
    <summary>These strips as a table, step ${formatDuration(range.step)}</summary>
    <table>
      <caption class="visually-hidden">
        Mean, least and greatest sample of each series
      </caption>
      <thead>
        <tr>
          <th scope="col">series</th>
          <th scope="col" class="right">window ${timeSpan(scene, window)}</th>
          ${baseline ? html`<th scope="col" class="right">baseline ${timeSpan(scene, baseline)}</th>` : nothing}
          <th scope="col" class="right">all ${timeSpan(scene, range)}</th>
        </tr>
      </thead>
      <tbody>
        ${strips.flatMap(({ series, unit }) =>
          series.map(
            ({ id, title }) =>
              html`<tr>
                <th scope="row">${title}</th>
                ${spans.map((span) => cell(id, unit, span))}
              </tr>`,
          ),
        )}
      </tbody>
    </table>
    <p class="quiet">Mean of the samples, then the least and the greatest.</p>
  </details>`;
}

function words(summary: Summary | undefined, unit: string): string | TemplateResult {
  if (!summary) return '–';
  const { mean, min, max } = summary;
  return html`${broken(formatValue(mean, unit))}<span class="block-range"
      >${broken(formatExtremes(min, max, unit))}</span
    >`;
}

/** A narrow cell holds a number or its unit, and no word is to be broken for both. */
function broken(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
