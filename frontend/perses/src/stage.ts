// One panel with the element it is drawn into. Perses takes a panel off the page for every refresh
// and puts up a loading component in its place; the stage moves from one to the other, so that the
// reader's window, scroll position and focus stay.

import type { Notice, SampleBatch } from '@inference-triage/engine';
import {
  copyText,
  dashboardAddress,
  NAMESPACE_HINT,
  Panel,
  placeInAddress,
  setupFor,
  timeFormatter,
  type PanelServices,
} from '@inference-triage/panel';
import type { Theme } from '@inference-triage/view';
import { engineSource } from './engine-source.js';
import { tell } from './events.js';
import { MessageLine } from './message-line.js';
import { settingsOf, type InferenceTriageOptions } from './options.js';
import { placeOf, type Place } from './place.js';
import { roleFinder, type RoleFinder } from './roles.js';
import { readTheme, watchTheme } from './theme.js';

/** How long a stage that was taken down waits for its next place, milliseconds. */
const WAITS_MS = 1_000;

const CURES: Readonly<Record<string, string>> = {
  'no-engine':
    'Check the time range, the datasource and the variables of the dashboard; metrics under another prefix need the panel option "Metric name prefix".',
  'too-large':
    'Choose a shorter time range or a larger minimal step, or narrow the queries to one model.',
};

const NO_QUERY = `This panel has no query yet. Add one query with everything, or the planned queries one by one. ${NAMESPACE_HINT}`;

const noRoles: RoleFinder = { find: () => undefined };

/** Stages without a place, by the panel definition they were made for. */
const waiting = new WeakMap<object, Stage>();

/** A panel that can change its place on the page. */
export class Stage {
  readonly #element = document.createElement('div');
  readonly #message = new MessageLine();
  readonly #panel: Panel;
  #density: Theme['density'];
  #timeZone: string | undefined;
  #theme = '';
  #stopWatching: () => void = () => {};
  #place: Place | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(container: HTMLElement, density: Theme['density']) {
    this.#density = density;
    this.#element.style.cssText = 'position: relative; width: 100%; height: 100%';
    const content = document.createElement('div');
    content.style.cssText = 'width: 100%; height: 100%';
    this.#element.append(content, this.#message.element);
    container.append(this.#element);
    this.#panel = new Panel({
      container: content,
      engineSource: engineSource(),
      services: this.#services(undefined),
      theme: readTheme(this.#element, density),
      cures: CURES,
      events: {
        report: (report) => {
          const reportBytes = (): Uint8Array | undefined => this.#panel.reportBytes();
          tell(this.#element, 'inference-triage-report', { report, reportBytes });
        },
        problem: (problem) => tell(this.#element, 'inference-triage-error', problem),
        window: (window) => tell(this.#element, 'inference-triage-window', { window }),
      },
    });
    this.#panel.openPlace(placeInAddress(location.href));
    this.#watch();
  }

  /** A stage in `container`: the one that waits for this definition, or a new one. */
  static open(
    container: HTMLElement,
    definition: object | undefined,
    density: Theme['density'],
  ): Stage {
    const stage = definition && waiting.get(definition);
    if (!definition || !stage) return new Stage(container, density);
    waiting.delete(definition);
    stage.#move(container);
    return stage;
  }

  /**
   * Takes the stage off the page; without a next place for the same definition it is freed in a
   * moment.
   */
  leave(definition: object | undefined): void {
    this.#stopWatching();
    if (definition === undefined || waiting.has(definition)) return this.#free();
    this.#place = placeOf(this.#element);
    waiting.set(definition, this);
    this.#timer = setTimeout(() => {
      waiting.delete(definition);
      this.#free();
    }, WAITS_MS);
  }

  configure(options: InferenceTriageOptions): void {
    const { density, timeZone, runbook } = options;
    this.#panel.linkRunbook(runbook);
    this.#density = density;
    this.#applyTheme();
    if (timeZone !== this.#timeZone) {
      this.#timeZone = timeZone;
      this.#panel.setServices(this.#services(timeZone));
    }
    try {
      this.#panel.configure(settingsOf(options));
    } catch (error) {
      this.#panel.fail(error);
    }
  }

  /**
   * Shows the diagnosis of what `make` builds once the engine is there, with messages about the
   * data.
   */
  show(make: (roles: RoleFinder) => SampleBatch, notices: readonly Notice[]): void {
    const batch = this.#panel.engine.then((engine) => make(engine ? roleFinder(engine) : noRoles));
    void this.#panel.load(batch, notices);
  }

  showLoading(progress?: string): void {
    this.#panel.showLoading(progress);
  }

  /** There is no query: what to paste, and where. */
  async showSetup(): Promise<void> {
    const engine = await this.#panel.engine;
    // The hosts write their own step, so the plan needs none.
    if (engine) {
      const [serving] = engine.servingEngines;
      const options = { stepMs: 0, dialect: 'perses' } as const;
      this.#panel.showSetup(setupFor(engine, NO_QUERY, serving.id, options));
    }
  }

  resize(width: number, height: number): void {
    this.#panel.resize(width, height);
  }

  #move(container: HTMLElement): void {
    clearTimeout(this.#timer);
    container.append(this.#element);
    this.#place?.restore();
    this.#watch();
    this.#applyTheme();
  }

  #watch(): void {
    // Hosts change several classes at a time; all of them make one change of looks.
    let frame = 0;
    const stop = watchTheme(this.#element, () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.#applyTheme());
    });
    this.#stopWatching = () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }

  #applyTheme(): void {
    const theme = readTheme(this.#element, this.#density);
    const key = JSON.stringify(theme);
    if (key === this.#theme) return;
    this.#theme = key;
    this.#panel.setTheme(theme);
  }

  #services(timeZone: string | undefined): PanelServices {
    return {
      copy: copyText,
      notify: (text) => this.#message.show(text),
      formatTime: timeFormatter(timeZone, document.documentElement.lang || undefined),
      address: () => this.#address(),
    };
  }

  /** The address of the dashboard with the range on screen as absolute times. */
  #address(): string {
    const { report, place } = this.#panel;
    const names = { start: 'start', end: 'end' };
    return report ? dashboardAddress(location.href, names, report.range, place) : location.href;
  }

  #free(): void {
    this.#message.stop();
    this.#panel.destroy();
    this.#element.remove();
  }
}
