// The heat map as a section: the switch between signals, the axes, the canvas, the readout of one
// cell, the table.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { columnCount, contentOf, positionOf, rowTotals } from '../../charts/heat-map-cells.js';
import type { Cell } from '../../charts/heat-map-cells.js';
import { timeTicks } from '../../charts/time-ticks.js';
import type { Interval } from '../../contract.js';
import type { HeatMap, SignalId, SignalReport } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import {
  formatCount,
  formatDuration,
  formatQuantile,
  formatShare,
  formatTarget,
  formatValue,
} from '../../words/format.js';
import { timeOf, timeSpan } from '../../words/times.js';

/** What the section shows besides the report. */
export interface HeatMapView {
  signals: [SignalId, SignalReport][];
  chosen: [SignalId, SignalReport];
  /** Undefined when nothing was observed in the whole range. */
  map: HeatMap | undefined;
  cell: Cell | undefined;
  window: Interval;
  choose(id: SignalId): void;
  point(event: PointerEvent): void;
  leave(): void;
  key(event: KeyboardEvent): void;
}

/** Nothing where nothing was observed in the loaded range. */
export function heatMapSection(scene: Scene, view: HeatMapView): TemplateResult | typeof nothing {
  if (!view.map) return nothing;
  const [, signal] = view.chosen;
  const name = formatQuantile(scene.quantile);
  return html`<section class="block heat" aria-labelledby="it-heat">
    <div class="block-head">
      <h3 id="it-heat">${signal.title} over time</h3>
      <p class="block-sub">
        <span class="on-light">darker</span><span class="on-dark">brighter</span> = more
        ${view.chosen[0] === 'itl' ? 'tokens' : 'requests'}; outlined = range of the ${name}
      </p>
      ${signalSwitch(view)}
    </div>
    ${plot(scene, view, view.map, signal)} ${table(scene, view.map, signal)}
  </section>`;
}

function signalSwitch({ signals, chosen, choose }: HeatMapView): TemplateResult | typeof nothing {
  if (signals.length < 2) return nothing;
  return html`<div class="segmented" role="group" aria-label="Signal of the heat map">
    ${signals.map(
      ([name, { title }]) =>
        html`<button
          type="button"
          aria-pressed=${name === chosen[0]}
          @click=${(): void => choose(name)}
        >
          ${title}
        </button>`,
    )}
  </div>`;
}

function plot(scene: Scene, view: HeatMapView, map: HeatMap, signal: SignalReport): TemplateResult {
  const range = { start: map.times[0] ?? 0, end: map.times.at(-1) ?? 1 };
  return html`<div class="heat-plot">
    <div class="heat-values" aria-hidden="true">
      ${valueTicks(map).map(
        (value) =>
          html`<span .style=${`bottom:${percent(positionOf(map, value) ?? 0)}`}
            >${axisValue(value, signal.unit)}</span
          >`,
      )}
    </div>
    <div
      class="heat-area"
      tabindex="0"
      role="application"
      aria-roledescription="heat map"
      aria-label="${signal.title} by time and bucket: arrow keys read one cell after another, Escape leaves; the table below holds the same"
      aria-describedby="it-heat-cell"
      @pointermove=${view.point}
      @pointerleave=${view.leave}
      @keydown=${view.key}
      @blur=${view.leave}
    >
      <canvas class="heat-map"></canvas>
      <i class="region region-window" aria-hidden="true" .style=${place(range, view.window)}></i>
      ${view.cell ? html`<i class="heat-cell" aria-hidden="true" .style=${outline(map, view.cell)}></i>` : nothing}
    </div>
    <div class="heat-times" aria-hidden="true">
      ${timeTicks(range.start, range.end, 8).map(
        (time) =>
          html`<span .style=${`left:${percent(share(range, time))}`}>${timeOf(scene, time)}</span>`,
      )}
    </div>
    <p class="heat-readout" id="it-heat-cell" role="status">
      ${view.cell ? words(scene, map, view.cell, signal) : hint(map)}
    </p>
  </div>`;
}

function hint(map: HeatMap): string {
  const column = ((map.times.at(-1) ?? 0) - (map.times[0] ?? 0)) / Math.max(1, columnCount(map));
  return `Point at a cell to read it; a column is ${formatDuration(column)}.`;
}

function words(scene: Scene, map: HeatMap, cell: Cell, { unit }: SignalReport): TemplateResult {
  const { start, end, low, high, count, total, quantile } = contentOf(map, cell);
  const time = (ms: number): string => scene.services.formatTime(ms, 'time-seconds');
  const when = `${time(start)}\u00a0–\u00a0${time(end)}`;
  if (count === undefined) return html`<b>${when}</b> no data`;
  const interval = quantile
    ? `; ${formatQuantile(scene.quantile)} of the column ${between(quantile.lo, quantile.hi, unit)}`
    : '';
  const part =
    total > 0
      ? `${formatCount(count)} of ${formatCount(total)} observations (${formatShare(count / total)})`
      : 'no observation';
  return html`<b>${when}</b> · <b>${between(low, high, unit)}</b> · ${part}${interval}`;
}

/** A bucket or an interval in words: `250 ms – 500 ms`, `≤ 300 ms`, `> 10 s`. */
function between(low: number, high: number, unit: string): string {
  if (high === Infinity) return low > 0 ? `> ${axisValue(low, unit)}` : 'any value';
  return low > 0
    ? `${axisValue(low, unit)} – ${axisValue(high, unit)}`
    : `≤ ${axisValue(high, unit)}`;
}

function axisValue(value: number, unit: string): string {
  return unit === 's' ? formatTarget(value) : formatValue(value, unit);
}

/** Bounds that stand far enough apart to be read, 9 % of the height or more. */
function valueTicks(map: HeatMap): number[] {
  const ticks: number[] = [];
  let last = -1;
  for (const [index, edge] of map.edges.entries()) {
    const position = positionOf(map, edge) ?? 0;
    // An end that is drawn where its bound is not has no label.
    if (edge !== map.bounds[index] || (last >= 0 && position - last < 0.09)) continue;
    ticks.push(edge);
    last = position;
  }
  return ticks;
}

function table(scene: Scene, map: HeatMap, signal: SignalReport): TemplateResult {
  const totals = rowTotals(map);
  const all = totals.reduce((sum, count) => sum + count, 0);
  return html`<details class="strip-table">
    <summary>This heat map as a table</summary>
    <table>
      <caption class="visually-hidden">
        Observations of ${signal.title} by bucket over the loaded range
      </caption>
      <thead>
        <tr>
          <th scope="col">bucket</th>
          <th scope="col" class="right">observations ${timeSpan(scene, scene.report.range)}</th>
          <th scope="col" class="right">share</th>
        </tr>
      </thead>
      <tbody>
        ${totals
          .map(
            (count, row) =>
              html`<tr>
                <th scope="row">
                  ${between(map.bounds[row] ?? 0, map.bounds[row + 1] ?? Infinity, signal.unit)}
                </th>
                <td class="right">${formatCount(count)}</td>
                <td class="right">${formatShare(all > 0 ? count / all : 0)}</td>
              </tr>`,
          )
          .reverse()}
      </tbody>
    </table>
  </details>`;
}

function outline(map: HeatMap, { column, row }: Cell): string {
  const range = { start: map.times[0] ?? 0, end: map.times.at(-1) ?? 1 };
  const span = { start: map.times[column] ?? 0, end: map.times[column + 1] ?? 0 };
  const bottom = positionOf(map, map.edges[row] ?? 0) ?? 0;
  const top = positionOf(map, map.edges[row + 1] ?? 0) ?? 1;
  return `${place(range, span)};bottom:${percent(bottom)};top:${percent(1 - top)}`;
}

function share({ start, end }: Interval, time: number): number {
  return Math.min(1, Math.max(0, (time - start) / Math.max(1, end - start)));
}

function place(range: Interval, { start, end }: Interval): string {
  return `left:${percent(share(range, start))};right:${percent(1 - share(range, end))}`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(3)}%`;
}
