// What the heat map remembers between drawings: the chosen signal, the map, the cell under the
// cursor.

import { nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Columns } from '../../charts/columns.js';
import { cellAt, columnCount, moved, rowCount } from '../../charts/heat-map-cells.js';
import type { Cell } from '../../charts/heat-map-cells.js';
import type { Interval, ReadyState } from '../../contract.js';
import type {
  Colour,
  HeatMap,
  HeatMapQuery,
  Report,
  SignalId,
  SignalReport,
} from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { currentColour } from '../../theme/theme.js';
import { primaryFinding } from '../evidence/finding.js';
import { matrixSignals } from '../matrix/matrix.js';
import { heatMapSection } from './heat-map-section.js';

/**
 * At 1,200 pixels a column is 7 wide: narrower ones cannot be pointed at, wider ones hide when
 * something began.
 */
const MOST_COLUMNS = 180;

/** What requests ask for, which moves before the latencies do. */
const LENGTHS: readonly SignalId[] = ['prompt_tokens_per_request', 'generation_tokens_per_request'];

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The heat map of one view. */
export class HeatMapPanel {
  readonly #root: HTMLElement;
  readonly #draw: () => void;
  readonly #observer: ResizeObserver;
  #ready: ReadyState | undefined;
  /** What the map was read from; another object means other data. */
  #columns: Columns | undefined;
  #scope = '';
  /**
   * What the reader chose; until then what the first verdict of the scope is about, whatever the
   * verdicts of other windows are about: the map must not change under a brush.
   */
  #signal: SignalId | undefined;
  #signalScope: number | undefined;
  #query: HeatMapQuery | undefined;
  #map: HeatMap | undefined;
  #cell: Cell | undefined;
  #canvas: HTMLCanvasElement | undefined;
  /** What is painted on the canvas now. */
  #painted = '';
  #readings = 0;

  constructor(root: HTMLElement, draw: () => void) {
    this.#root = root;
    this.#draw = draw;
    this.#observer = new ResizeObserver(() => this.#paint());
  }

  /** Takes over a new report; the map stays as long as data and scope do. */
  read(ready: ReadyState, columns: Columns): void {
    const { report } = ready;
    const scope = JSON.stringify([report.scope, report.range]);
    if (columns !== this.#columns || scope !== this.#scope) this.#query = undefined;
    this.#ready = ready;
    this.#columns = columns;
    this.#scope = scope;
  }

  /** Whether there is a signal to draw. */
  isShown(scene: Scene): boolean {
    return this.#signals(scene).length > 0;
  }

  /** The section, for the page's template; nothing where the host has no heat maps. */
  template(scene: Scene, window: Interval | undefined): TemplateResult | typeof nothing {
    const signals = this.#signals(scene);
    if (this.#signalScope !== scene.report.scope) this.#signal = undefined;
    this.#signalScope = scene.report.scope;
    if (signals.length > 0) this.#signal ??= verdictSignal(scene.report, signals);
    const chosen = signals.find(([name]) => name === this.#signal) ?? signals[0];
    if (!chosen) return nothing;
    this.#ask({ signal: chosen[0], columns: MOST_COLUMNS, quantile: scene.quantile });
    return heatMapSection(scene, {
      signals,
      chosen,
      map: this.#map,
      cell: this.#cell,
      window: window ?? scene.report.window,
      choose: (name) => {
        this.#signal = name;
        this.#cell = undefined;
        this.#draw();
      },
      point: (event) => this.#point(event),
      leave: () => this.#select(undefined),
      key: (event) => this.#key(event),
    });
  }

  /** Paints into the canvas that the template made. */
  attach(content: HTMLElement): void {
    const canvas = content.querySelector<HTMLCanvasElement>('canvas.heat-map') ?? undefined;
    if (canvas !== this.#canvas) {
      this.#observer.disconnect();
      if (canvas) this.#observer.observe(canvas);
      this.#canvas = canvas;
      this.#painted = '';
    }
    this.#paint();
  }

  /** Colours changed. */
  restyle(): void {
    this.#painted = '';
    this.#paint();
  }

  /** Stops following the canvas. */
  destroy(): void {
    this.#observer.disconnect();
  }

  #signals({ report }: Scene): [SignalId, SignalReport][] {
    if (!this.#ready?.heatMap) return [];
    const lengths = LENGTHS.flatMap((name): [SignalId, SignalReport][] => {
      const signal = report.signals[name];
      return signal ? [[name, signal]] : [];
    });
    return [...matrixSignals(report), ...lengths].filter(
      ([, signal]) => signal.quantiles.length > 0,
    );
  }

  #ask(query: HeatMapQuery): void {
    const known = this.#query;
    const isSame = known?.signal === query.signal && known.quantile === query.quantile;
    if (isSame) return;
    this.#query = query;
    this.#map = this.#ready?.heatMap?.read(query);
    this.#readings += 1;
    const cell = this.#cell;
    if (cell && this.#map) this.#cell = moved(this.#map, cell, 0, 0);
  }

  #paint(): void {
    const [canvas, source, query] = [this.#canvas, this.#ready?.heatMap, this.#query];
    if (!canvas || !source || !query || !this.#map) return;
    const ratio = canvas.ownerDocument.defaultView?.devicePixelRatio ?? 1;
    const [width, height] = [
      Math.round(canvas.clientWidth * ratio),
      Math.round(canvas.clientHeight * ratio),
    ];
    const state = `${this.#readings} ${width} ${height}`;
    if (state === this.#painted || width === 0 || height === 0) return;
    this.#painted = state;
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    if (!context) return;
    const colour = (token: 'accent' | 'queue'): Colour =>
      rgb(canvas.ownerDocument, currentColour(this.#root, token));
    source.paint(context, query, { cell: colour('accent'), band: colour('queue') });
  }

  #point(event: PointerEvent): void {
    const map = this.#map;
    if (!map) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (place: number, length: number): number =>
      Math.min(1, Math.max(0, place / Math.max(1, length)));
    this.#select(
      cellAt(
        map,
        share(event.clientX - box.left, box.width),
        share(box.bottom - event.clientY, box.height),
      ),
    );
  }

  #key(event: KeyboardEvent): void {
    const map = this.#map;
    if (!map) return;
    if (event.key === 'Escape') return this.#select(undefined);
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const first = { column: columnCount(map) - 1, row: rowCount(map) - 1 };
    this.#select(this.#cell ? moved(map, this.#cell, ...step) : first);
  }

  #select(cell: Cell | undefined): void {
    if (cell?.column === this.#cell?.column && cell?.row === this.#cell?.row) return;
    this.#cell = cell;
    this.#draw();
  }
}

/** The first number of the verdict's evidence that has a heat map, else time to first token. */
function verdictSignal(report: Report, signals: [SignalId, SignalReport][]): SignalId {
  const evidence = primaryFinding(report)?.evidence ?? [];
  const found = evidence.find(({ signal }) => signals.some(([name]) => name === signal));
  return found?.signal ?? 'ttft';
}

/** A CSS colour as numbers: a canvas knows every notation. */
function rgb(document: Document, colour: string): Colour {
  const canvas = document.createElement('canvas');
  // Reading from the visible canvas would take its painting off the graphics card.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return [0, 0, 0];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
