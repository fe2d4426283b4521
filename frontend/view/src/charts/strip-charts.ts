// Keeps one chart for each strip on the page: made once, then only given new values.

import type { ThemeToken } from '../contract.js';
import type { Strip } from './strip-data.js';
import { StripChart } from './strips.js';
import type { ChartContext } from './strips.js';

interface Kept {
  chart: StripChart;
  /** Changes when a chart with other series is needed. */
  shape: string;
  strip: Strip;
  range: string;
}

let views = 0;

/** The charts of one view. */
export class StripCharts {
  readonly #kept = new Map<string, Kept>();
  readonly #context: ChartContext;
  readonly #sync = `inference-triage-${(views += 1)}`;
  readonly #colours = new Map<ThemeToken, string>();
  readonly #sizes: ResizeObserver;

  constructor(context: ChartContext) {
    this.#context = { ...context, colour: (token) => this.#colour(token, context) };
    this.#sizes = new ResizeObserver((entries) => {
      for (const { target } of entries) this.#fit(target as HTMLElement);
    });
  }

  /**
   * Brings the charts in line with the strips; `places` are the elements that hold them, by strip
   * id.
   */
  sync(strips: Strip[], times: Float64Array, places: Map<string, HTMLElement>): void {
    const last = strips.at(-1)?.id;
    for (const strip of strips) {
      const place = places.get(strip.id);
      if (place) this.#show(strip, times, place, strip.id === last);
    }
    for (const id of [...this.#kept.keys()]) if (!places.has(id)) this.#drop(id);
  }

  /** Puts the cursor of all charts at a time, or takes it away. */
  setCursor(time: number | undefined): void {
    for (const { chart } of this.#kept.values()) chart.setCursor(time);
  }

  /** Draws all charts again, for instance in another theme. */
  redraw(): void {
    this.#colours.clear();
    for (const { chart } of this.#kept.values()) chart.redraw();
  }

  /** Removes all charts. */
  destroy(): void {
    this.#sizes.disconnect();
    for (const id of [...this.#kept.keys()]) this.#drop(id);
  }

  #show(strip: Strip, times: Float64Array, place: HTMLElement, last: boolean): void {
    const kept = this.#kept.get(strip.id);
    const shape = shapeOf(strip, last);
    const range = JSON.stringify(this.#context.range());
    if (kept?.shape !== shape) {
      this.#drop(strip.id);
      const chart = new StripChart(place, strip, times, last, this.#sync, this.#context);
      this.#kept.set(strip.id, { chart, shape, strip, range });
      this.#sizes.observe(place);
      return;
    }
    kept.chart.moveTo(place);
    this.#sizes.observe(place);
    if (kept.strip !== strip || kept.range !== range) kept.chart.setData(strip, times);
    Object.assign(kept, { strip, range });
  }

  #fit(place: HTMLElement): void {
    const id = place.dataset['strip'];
    if (!place.isConnected) this.#sizes.unobserve(place);
    else if (id !== undefined) this.#kept.get(id)?.chart.fit(place.clientWidth);
  }

  #drop(id: string): void {
    this.#kept.get(id)?.chart.destroy();
    this.#kept.delete(id);
  }

  #colour(token: ThemeToken, context: ChartContext): string {
    const known = this.#colours.get(token);
    if (known !== undefined) return known;
    const colour = context.colour(token);
    this.#colours.set(token, colour);
    return colour;
  }
}

function shapeOf({ series }: Strip, last: boolean): string {
  return JSON.stringify([last, series.map(({ id }) => id)]);
}
