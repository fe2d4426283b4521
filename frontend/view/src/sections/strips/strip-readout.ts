// The values under the shared cursor, in a box beside it that moves nothing else.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { StripSeries } from '../../charts/strip-data.js';
import type { Scene } from '../../scene.js';
import { formatValue } from '../../words/format.js';
import { inSentence } from '../../words/words.js';
import { annotationsAt } from './annotations.js';
import type { StripView } from './strip-view.js';

/** Nothing while no pointer is on the strips, or while it drags. */
export function readout(scene: Scene, view: StripView): TemplateResult | typeof nothing {
  const { report, services } = scene;
  const { cursor, columns, gesture, strips } = view;
  const at = cursor === undefined ? undefined : columns.get('times')?.[cursor];
  if (cursor === undefined || at === undefined || gesture.active) return nothing;
  const share = (at - report.range.start) / Math.max(1, report.range.end - report.range.start);
  const side =
    share > 0.5
      ? `right:calc(${((1 - share) * 100).toFixed(2)}% + 8px)`
      : `left:calc(${(share * 100).toFixed(2)}% + 8px)`;
  return html`<div class="readout-track" aria-hidden="true">
    <table class="readout" .style=${side}>
      <thead>
        <tr>
          <th colspan="2">${services.formatTime(at, 'time-seconds')}</th>
        </tr>
      </thead>
      <tbody>
        ${strips.flatMap(({ series, unit }) =>
          series.map(
            (entry) =>
              html`<tr>
                <td>${swatch(entry)} ${inSentence(entry.title)}</td>
                <td class="right">${value(columns.get(entry.id)?.[cursor], unit)}</td>
              </tr>`,
          ),
        )}
        ${annotationsAt(scene, at).map(
          ({ text }) =>
            html`<tr>
              <td colspan="2" class="readout-event">${text}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function value(sample: number | undefined, unit: string): string {
  return sample === undefined || Number.isNaN(sample)
    ? 'gap'
    : formatValue(sample, unit === 'sequences' ? '' : unit);
}

/** The mark of a series: a block for an area, a line else. */
export function swatch({ colour, shape, dashed }: StripSeries): TemplateResult {
  return html`<i class="swatch ${colour} ${shape} ${dashed ? 'dashed' : ''}"></i>`;
}
