// Time charts. The only file that knows the chart library.

import uPlot from 'uplot';

import type { Interval, ThemeToken } from '../contract.js';
import { ceilingSamples, lonelySamples } from './strip-data.js';
import type { Strip, StripSeries } from './strip-data.js';
import { timeTicks } from './time-ticks.js';

/** Space left of the plots for the y axis and right of them for half a time label, CSS pixels. */
export const GUTTER = { left: 48, right: 18 } as const;

/** Height of the time axis under the last strip, CSS pixels. */
export const TIME_AXIS_HEIGHT = 22;

/** Pixels that one time label may take. */
const TIME_LABEL_WIDTH = 84;
const VALUE_LABEL_HEIGHT = 26;

/** What a chart asks of the view. */
export interface ChartContext {
  range(): Interval;
  colour(token: ThemeToken): string;
  font(): string;
  formatTime(ms: number): string;
  formatValue(value: number, unit: string): string;
  /** How many times as large the view is drawn. */
  zoom(): number;
  /** The sample under the shared cursor, or none. */
  pointAt(index: number | undefined): void;
}

/** One chart; it lives as long as its series stay the same, whatever their values do. */
export class StripChart {
  readonly #plot: uPlot;
  #strip: Strip;
  readonly #context: ChartContext;

  constructor(
    target: HTMLElement,
    strip: Strip,
    times: Float64Array,
    last: boolean,
    sync: string,
    context: ChartContext,
  ) {
    this.#strip = strip;
    this.#context = context;
    const options = this.#options(Math.max(1, target.clientWidth), last, sync);
    this.#plot = new uPlot(options, dataOf(strip, times), target);
  }

  /** Shows other values of the same series. */
  setData(strip: Strip, times: Float64Array): void {
    this.#strip = strip;
    this.#plot.setData(dataOf(strip, times));
  }

  /** Moves the chart into another element, for instance after a change of layout. */
  moveTo(target: HTMLElement): void {
    if (this.#plot.root.parentElement !== target) target.append(this.#plot.root);
  }

  /** Follows the width of its element. */
  fit(width: number): void {
    if (width > 0 && width !== this.#plot.width)
      this.#plot.setSize({ width, height: this.#plot.height });
  }

  /** Puts the cursor at a time of the range; any other takes it away. */
  setCursor(time: number | undefined): void {
    const { start, end } = this.#context.range();
    const isInside = time !== undefined && time >= start && time <= end;
    this.#plot.setCursor(
      isInside ? { left: this.#plot.valToPos(time, 'x'), top: 0 } : { left: -10, top: -10 },
    );
  }

  /** Draws again with the colours and fonts of now. */
  redraw(): void {
    this.#plot.redraw(false, true);
  }

  /** Removes the chart and its listeners. */
  destroy(): void {
    this.#plot.destroy();
  }

  #options(width: number, last: boolean, sync: string): uPlot.Options {
    const { height, series } = this.#strip;
    return {
      width,
      height: height + (last ? TIME_AXIS_HEIGHT : 0),
      padding: [6, GUTTER.right, last ? 0 : 6, 0],
      legend: { show: false },
      cursor: {
        y: false,
        bind: { mousemove: (_plot, target, handle) => this.#inOwnPixels(target, handle) },
        drag: { x: false, y: false, setScale: false },
        sync: { key: sync, setSeries: false },
        points: { size: 6 },
      },
      scales: {
        x: { time: false, range: () => [this.#context.range().start, this.#context.range().end] },
        y: { range: (_plot, _min, max) => [0, this.#top(max)] },
      },
      axes: [this.#timeAxis(last), this.#valueAxis()],
      series: [{}, ...series.map((entry, index) => this.#line(entry, index)), this.#ceilingLine()],
      hooks: { setCursor: [(plot) => this.#context.pointAt(plot.cursor.idx ?? undefined)] },
    };
  }

  /** The chart takes the distance on the screen from its edge for pixels of its own. */
  #inOwnPixels(target: HTMLElement, handle: (event: MouseEvent) => null) {
    return (event: MouseEvent): null => {
      if (event.target !== target) return null;
      const zoom = this.#context.zoom();
      if (zoom === 1) return handle(event);
      const { left, top } = target.getBoundingClientRect();
      return handle(
        new MouseEvent(event.type, {
          clientX: left + (event.clientX - left) / zoom,
          clientY: top + (event.clientY - top) / zoom,
          movementX: event.movementX,
          movementY: event.movementY,
          buttons: event.buttons,
        }),
      );
    };
  }

  #top(max: number | null): number {
    if (this.#strip.top !== undefined) return this.#strip.top * 1.08;
    const highest = Math.max(max ?? 0, this.#strip.ceiling?.value ?? 0);
    return highest > 0 ? highest * 1.12 : 1;
  }

  #line(entry: StripSeries, index: number): uPlot.Series {
    const colour = (): string => this.#context.colour(entry.colour);
    const stacked = entry.shape === 'stack';
    const stepped = entry.shape === 'step' ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    return {
      stroke: colour,
      width: stacked ? 0 : 1.75,
      spanGaps: false,
      points: {
        size: 5,
        fill: colour,
        stroke: colour,
        filter: () => lonelySamples(this.#strip.series[index]?.drawn ?? []),
      },
      ...(stacked && { fill: colour }),
      ...(entry.dashed && { dash: [5, 3] }),
      ...(stepped && { paths: stepped }),
    };
  }

  #ceilingLine(): uPlot.Series {
    return {
      stroke: () => this.#context.colour('critical'),
      width: 1.5,
      dash: [4, 4],
      points: { show: false },
    };
  }

  #timeAxis(show: boolean): uPlot.Axis {
    return {
      show,
      size: TIME_AXIS_HEIGHT,
      gap: 4,
      font: this.#context.font(),
      stroke: () => this.#context.colour('text-muted'),
      grid: { show: false },
      ticks: { show: false },
      splits: (plot) => {
        const { start, end } = this.#context.range();
        return timeTicks(
          start,
          end,
          Math.max(1, plot.bbox.width / devicePixelRatio / TIME_LABEL_WIDTH),
        );
      },
      values: (_plot, splits) => splits.map((at) => this.#context.formatTime(at)),
    };
  }

  #valueAxis(): uPlot.Axis {
    const whole = this.#strip.unit === 'sequences';
    return {
      size: GUTTER.left,
      gap: 6,
      space: VALUE_LABEL_HEIGHT,
      font: this.#context.font(),
      stroke: () => this.#context.colour('text-muted'),
      grid: { stroke: () => this.#context.colour('border'), width: 1 },
      ticks: { show: false },
      values: (_plot, splits) =>
        splits.map((value) => this.#context.formatValue(value, this.#strip.unit)),
      ...(this.#strip.top !== undefined && { splits: [0, this.#strip.top / 2, this.#strip.top] }),
      ...(whole && { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }),
    };
  }
}

function dataOf(strip: Strip, times: Float64Array): uPlot.AlignedData {
  return [
    Array.from(times),
    ...strip.series.map(({ drawn }) => drawn),
    ceilingSamples(times, strip.ceiling),
  ];
}
