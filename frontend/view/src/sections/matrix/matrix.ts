// The triage matrix: one row a latency signal, every quantile as the interval that holds it, on one
// shared axis.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { glyphKey } from '../../charts/interval-glyph.js';
import { logAxis } from '../../charts/log-axis.js';
import type { LogAxis } from '../../charts/log-axis.js';
import type { Level, Report, SignalId, SignalReport } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { levelIcon } from '../../theme/icons.js';
import { formatQuantile } from '../../words/format.js';
import { timeSpan } from '../../words/times.js';
import { LEVEL_WORD } from '../../words/words.js';
import { matrixRow } from './matrix-row.js';
import { quantileOf, quantilesOf } from './quantiles.js';

/** Signals of the matrix in reading order; those the report lacks are left out. */
const ROWS: readonly SignalId[] = [
  'ttft',
  'queue_time',
  'prefill_time',
  'decode_time',
  'itl',
  'tpot',
  'e2e',
];

/** The signals of the matrix that this report holds. */
export function matrixSignals(report: Report): [SignalId, SignalReport][] {
  return ROWS.flatMap((name): [SignalId, SignalReport][] => {
    const signal = report.signals[name];
    return signal && (signal.mean !== undefined || signal.quantiles.length > 0)
      ? [[name, signal]]
      : [];
  });
}

/** Whether any row has a value. */
export function hasMatrix(report: Report): boolean {
  return matrixSignals(report).length > 0;
}

/** Nothing where no latency was observed. */
export function matrix(scene: Scene): TemplateResult | typeof nothing {
  const rows = matrixSignals(scene.report);
  if (rows.length === 0) return nothing;
  const name = formatQuantile(scene.quantile);
  const axis = logAxis(rows.flatMap(([, signal]) => valuesOf(signal, scene.quantile)));
  const compared = rows.some(([, signal]) => signal.baseline_mean !== undefined);
  return html`<section class="block matrix" aria-labelledby="it-matrix">
    <div class="block-head">
      <h3 id="it-matrix">Triage matrix</h3>
      <p class="block-sub">${name} over ${timeSpan(scene, scene.report.window)}</p>
      ${quantileSwitch(scene)}
    </div>
    <table role="table" data-tips class="matrix-table ${compared ? '' : 'without-baseline'}">
      <caption class="visually-hidden">
        Latency signals over the window: mean, ${name} as an interval, baseline, share within the
        objective, level. Each number explains itself when focused; the arrow keys move between
        numbers.
      </caption>
      ${head(name, axis)}
      <tbody role="rowgroup">
        ${rows.map(([id, signal]) => matrixRow(scene, axis, id, signal))}
      </tbody>
    </table>
    ${legend(scene.report, name, rows)}
  </section>`;
}

function head(name: string, axis: LogAxis): TemplateResult {
  return html`<thead role="rowgroup">
    <tr role="row">
      <th scope="col" role="columnheader" class="col-signal">signal</th>
      <th scope="col" role="columnheader" class="col-mean">mean</th>
      <th scope="col" role="columnheader" class="col-glyph">
        <span class="visually-hidden">${name} on a logarithmic axis</span>
        <div class="axis" aria-hidden="true">
          ${axis.ticks.map(
            ({ at, label }) => html`<span .style=${besideEnds(axis.position(at))}>${label}</span>`,
          )}
        </div>
      </th>
      <th scope="col" role="columnheader" class="col-interval">${name}</th>
      <th scope="col" role="columnheader" class="col-baseline">baseline</th>
      <th scope="col" role="columnheader" class="col-objective">SLO met</th>
      <th scope="col" role="columnheader" class="col-level">level</th>
    </tr>
  </thead>`;
}

/** Over its grid line; at an end of the axis beside it, so that nothing sticks out. */
function besideEnds(position: number): string {
  const back = position < 0.05 ? 0 : position > 0.95 ? 100 : 50;
  return `left:${(position * 100).toFixed(2)}%;translate:-${back}%`;
}

function quantileSwitch(scene: Scene): TemplateResult | typeof nothing {
  const all = quantilesOf(Object.values(scene.report.signals));
  if (all.length < 2) return nothing;
  return html`<div class="segmented" role="group" aria-label="Quantile">
    ${all.map(
      (q) =>
        html`<button
          type="button"
          aria-pressed=${q === scene.quantile}
          @click=${(): void => scene.chooseQuantile(q)}
        >
          ${formatQuantile(q)}
        </button>`,
    )}
  </div>`;
}

function legend(report: Report, name: string, rows: [SignalId, SignalReport][]): TemplateResult {
  const has = (test: (signal: SignalReport) => boolean): boolean =>
    rows.some(([, signal]) => test(signal));
  const quantiles = rows.flatMap(([, signal]) => signal.quantiles);
  return html`<div class="matrix-foot">
    <ul class="key" aria-label="Marks">
      <li>${glyphKey('interval')} holds the true ${name}</li>
      ${
        quantiles.some((entry) => entry.order_hi !== undefined)
          ? html`<li>${glyphKey('order')} excluded by order (estimated)</li>`
          : nothing
      }
      <li>${glyphKey('mean')} mean (exact)</li>
      <li>${glyphKey('point')} PromQL’s point</li>
      ${
        quantiles.some((entry) => entry.artefact || entry.outside_bounds)
          ? html`<li>${glyphKey('artefact')} … that misleads</li>`
          : nothing
      }
      ${has((signal) => signal.attainment !== undefined) ? html`<li>${glyphKey('objective')} objective</li>` : nothing}
      ${has((signal) => signal.baseline_mean !== undefined) ? html`<li>${glyphKey('baseline')} baseline mean</li>` : nothing}
    </ul>
    ${pattern(report)}
  </div>`;
}

/** The matched row of the published matrix: `TTFT ▲ · queue ▲ · ITL ● → admission`. */
function pattern({ pattern: { ttft, queue, itl, direction } }: Report): TemplateResult {
  return html`<p class="pattern">
    <span>pattern</span> ${lit('TTFT', ttft)} · ${lit('queue', queue)} · ${lit('ITL', itl)} →
    <b>${direction}</b>
  </p>`;
}

function lit(name: string, level: Level): TemplateResult {
  return html`<b class="pattern-part level-${level}"
    >${name} ${levelIcon(level)}<span class="visually-hidden">
      ${LEVEL_WORD[level].toLowerCase()}</span
    ></b
  >`;
}

function valuesOf(signal: SignalReport, q: number): number[] {
  const now = quantileOf(signal.quantiles, q);
  const before = quantileOf(signal.baseline_quantiles, q);
  const values = [
    signal.mean,
    signal.baseline_mean,
    signal.attainment?.target,
    now?.lo,
    now?.hi,
    now?.point,
    before?.lo,
    before?.hi,
  ];
  return values.filter((value) => value !== undefined);
}
