// Everything inside the root element: one state in, one drawing out. Loaded on demand, with the
// template library.

import { html, nothing, render } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { HostServices, Interval, ReadyState, SizeClass, ViewState } from '../contract.js';
import type { Section } from '../report-types.js';
import type { Scene } from '../scene.js';
import { FleetPanel } from '../sections/fleet/fleet-panel.js';
import { HeatMapPanel } from '../sections/heat-map/heat-map-panel.js';
import { quantilesOf } from '../sections/matrix/quantiles.js';
import { StripPanel } from '../sections/strips/strip-panel.js';
import { SEVERITY_WORD } from '../words/words.js';
import { Announcer } from './announcer.js';
import { fit } from './fit.js';
import { pictureOf } from './picture.js';
import { isOpenAtFirst, readyContent } from './ready.js';
import { card } from './states/card.js';
import { loading } from './states/loading.js';
import { refused } from './states/refused.js';
import { setup } from './states/setup.js';
import { Still } from './still.js';
import { Tooltip } from './tooltip.js';

/** The quantile shown until the reader chooses another. */
const FIRST_QUANTILE = 0.95;

/** What one view draws and remembers between drawings. */
export class Page {
  readonly #root: HTMLElement;
  readonly #content: HTMLElement;
  readonly #services: HostServices;
  readonly #tooltip: Tooltip;
  readonly #announcer: Announcer;
  readonly #strips: StripPanel;
  readonly #heatMap: HeatMapPanel;
  readonly #fleet: FleetPanel;
  #state: ViewState = { kind: 'loading' };
  readonly #still: Still;
  readonly #folds = new Map<Section, boolean>();
  /** The layout that the container asks for. */
  #given: SizeClass = 'line';
  #size: SizeClass = 'line';
  #height: number | undefined;
  #quantile: number | undefined;
  #drawings = 0;

  constructor(root: HTMLElement, services: HostServices) {
    this.#root = root;
    this.#services = services;
    this.#content = root.ownerDocument.createElement('div');
    this.#content.className = 'content';
    root.append(this.#content);
    this.#tooltip = new Tooltip(root);
    this.#still = new Still(root);
    this.#announcer = new Announcer(root);
    this.#strips = new StripPanel(root, services, {
      changeWindow: (window) => this.#changeWindow(window),
      paint: () => this.#paint(),
    });
    this.#heatMap = new HeatMapPanel(root, () => this.#paint());
    this.#fleet = new FleetPanel(() => this.#paint());
  }

  /** Draws a state in a layout; `height` is what the container dictates. */
  show(state: ViewState, size: SizeClass, height: number | undefined): void {
    this.#state = state;
    this.#given = size;
    this.#size = size;
    this.#measure(height);
    const ready = readyOf(state);
    if (ready) {
      // A link may lead to a comparison, which stands below the strips.
      if (ready.comparison?.first && !this.#folds.has('strips')) this.#folds.set('strips', true);
      this.#strips.read(ready, size !== 'tile' && size !== 'line');
      this.#heatMap.read(ready, this.#strips.columns);
      this.#fleet.read(ready, this.#isShown('fleet', ready));
    }
    this.#paint();
    this.#announcer.say(sentenceOf(state));
  }

  /** Follows a container that changed within its layout. */
  resize(height: number | undefined): void {
    this.#measure(height);
    if (this.#given === 'line') this.#render();
    else fit(this.#root, this.#size, height);
    this.#still.settle(this.#situation(readyOf(this.#state)));
  }

  /** Puts the cursor of the strips at a time, or takes it away. */
  setCursor(time: number | undefined): void {
    this.#strips.setCursor(time);
  }

  /** Draws the charts again after a change of theme. */
  restyle(): void {
    this.#strips.restyle();
    this.#heatMap.restyle();
  }

  /** Removes listeners and charts; the elements go with the root. */
  destroy(): void {
    this.#strips.destroy();
    this.#heatMap.destroy();
    this.#fleet.destroy();
    this.#announcer.stop();
    this.#tooltip.hide();
  }

  /** What scrolls by itself inside the page is to be no higher than the page that is seen. */
  #measure(height: number | undefined): void {
    this.#height = height;
    if (height === undefined) this.#root.style.removeProperty('--room');
    else this.#root.style.setProperty('--room', `${height}px`);
  }

  async #savePicture(ready: ReadyState): Promise<void> {
    try {
      const picture = await pictureOf(this.#root);
      this.#services.saveFile?.(pictureName(ready), picture);
    } catch {
      this.#services.notify(
        'The browser did not allow a picture of the panel. Print the page or take a screenshot.',
      );
    }
  }

  /** Whether a part is among those to show and is not folded away. */
  #isShown(section: Section, { sections }: ReadyState): boolean {
    const isOpen = this.#folds.get(section) ?? isOpenAtFirst(section, this.#size);
    return sections.includes(section) && isOpen;
  }

  #changeWindow(window: Interval | undefined): void {
    const before = this.#drawings;
    this.#services.changeWindow(window);
    // The region follows the pointer even where the host answers later.
    if (this.#drawings === before) this.#paint();
  }

  #paint(): void {
    this.#drawings += 1;
    const shadow = this.#root.getRootNode() as ShadowRoot;
    const focused = shadow.activeElement;
    const ready = readyOf(this.#state);
    this.#still.around(this.#situation(ready), this.#strips.held, () => {
      this.#render();
      this.#strips.attach(ready ? this.#content : undefined);
      this.#heatMap.attach(this.#content);
    });
    this.#tooltip.refresh();
    // What had the focus may be gone; the reader's place in the page must not be.
    if (focused && !focused.isConnected) this.#root.focus({ preventScroll: true });
  }

  /** Where a headline cannot be whole there is a tile, which needs none. */
  #render(): void {
    for (this.#size = this.#given; ; this.#size = 'tile') {
      this.#root.dataset['size'] = this.#size;
      render(this.#template(), this.#content);
      if (fit(this.#root, this.#size, this.#height) || this.#size !== 'line') return;
    }
  }

  /** In what the room above the charts may change. */
  #situation(ready: ReadyState | undefined): string {
    const { clientWidth } = this.#root;
    return JSON.stringify([clientWidth, this.#size, ready?.report.scope, [...this.#folds]]);
  }

  #template(): TemplateResult {
    const state = this.#state;
    const ready = readyOf(state);
    if (!ready) return state.kind === 'ready' ? html`` : this.#message(state);
    const stale = state.kind === 'ready' ? '' : state.kind;
    return html`${state.kind === 'error' ? errorCard(state) : nothing}
      ${state.kind === 'loading' ? html`<p class="visually-hidden" role="status">${state.progress ?? 'Refreshing …'}</p>` : nothing}
      <div class="body" data-stale=${stale} aria-busy=${state.kind === 'loading'}>
        ${readyContent({
          scene: this.#scene(ready),
          strips: this.#strips,
          heatMap: this.#heatMap,
          fleet: this.#fleet,
        })}
      </div>`;
  }

  #message(state: Exclude<ViewState, ReadyState>): TemplateResult {
    switch (state.kind) {
      case 'loading':
        return loading(this.#size, state.progress);
      case 'setup':
        return setup(state, this.#services);
      case 'no-data':
        return card({
          severity: 'unknown',
          title: 'No data in this range',
          message: state.message,
          cure: state.cure,
        });
      case 'refused':
        return refused(state, this.#services);
      case 'error':
        return errorCard(state);
    }
  }

  #scene(ready: ReadyState): Scene {
    const all = quantilesOf(Object.values(ready.report.signals));
    const wanted = this.#quantile ?? FIRST_QUANTILE;
    return {
      ready,
      report: ready.report,
      services: this.#services,
      size: this.#size,
      quantile: all.includes(wanted) ? wanted : (all.at(-1) ?? wanted),
      chooseQuantile: (q) => {
        this.#quantile = q;
        this.#paint();
      },
      savePicture: this.#services.saveFile && ((): void => void this.#savePicture(ready)),
      isOpen: (id) => this.#folds.get(id),
      fold: (id, open) => {
        if (this.#folds.get(id) === open) return;
        this.#folds.set(id, open);
        this.#fleet.read(ready, this.#isShown('fleet', ready));
        this.#paint();
      },
    };
  }
}

/** `inference-triage-slot-cap-2026-11-30-04-34.png`: the end of the window, in UTC. */
function pictureName({ report: { verdict, window } }: ReadyState): string {
  const time = new Date(window.end).toISOString().slice(0, 16).replace(/[:T]/g, '-');
  return `inference-triage-${verdict.id}-${time}.png`;
}

function errorCard({
  message,
  cure,
  stale,
}: Extract<ViewState, { kind: 'error' }>): TemplateResult {
  return card({
    severity: 'critical',
    title: stale ? 'Could not refresh' : 'The diagnosis failed',
    message,
    cure,
  });
}

function readyOf(state: ViewState): ReadyState | undefined {
  if (state.kind === 'ready') return state;
  return 'stale' in state ? state.stale : undefined;
}

function sentenceOf(state: ViewState): string {
  const ready = readyOf(state);
  if (state.kind === 'error') return `The diagnosis failed: ${state.message}`;
  if (ready) {
    const { severity, sentence } = ready.report.verdict;
    const word = SEVERITY_WORD[severity];
    return sentence.startsWith(`${word}:`) ? sentence : `${word}: ${sentence}`;
  }
  if (state.kind === 'loading') return state.progress ?? 'Loading';
  return state.kind === 'refused' ? state.reason : 'message' in state ? state.message : '';
}
