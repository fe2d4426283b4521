import type { Engine, EngineSource, Notice, PartialSettings, Report, Section, Session } from '@inference-triage/engine';
import { loadEngine } from '@inference-triage/engine';
import type { HostServices, ReadyState, Theme, ViewState } from '@inference-triage/view';
import { View } from '@inference-triage/view';
import { sessionInput, type PanelData } from './panel-data.js';
import type { PanelSource } from './panel-source.js';
import { ServerFeed } from './panel-source.js';
import { describeProblem, type Problem } from './problem.js';

/** A closed interval, Unix milliseconds. */
export interface TimeWindow {
  start: number;
  end: number;
}

/** What the panel tells its element. */
export interface PanelEvents {
  report(report: Report): void;
  problem(problem: Problem): void;
  window(window: TimeWindow | undefined): void;
}

/** What the panel is given by its element. */
export interface PanelOptions {
  container: HTMLElement;
  engineSource: EngineSource;
  services: Pick<HostServices, 'copy' | 'notify' | 'formatTime'>;
  theme: Theme;
  events: PanelEvents;
}

const ALL_SECTIONS: readonly Section[] = ['verdict', 'phases', 'matrix', 'strips', 'heatmap', 'evidence', 'fleet'];
const WINDOW_LEFT = 'The selected window has left the range; the latest window is shown.';

/** One view with one session behind it: opens sources, follows the reader's window, frees everything in the end. */
export class Panel {
  readonly #view: View;
  readonly #services: PanelOptions['services'];
  readonly #events: PanelEvents;
  readonly #engine: Promise<Engine | undefined>;
  #isRefused = false;
  #session: Session | undefined;
  #settings: PartialSettings = {};
  #window: TimeWindow | undefined;
  #model: string | undefined;
  #source: PanelSource = { kind: 'none' };
  #feed: ServerFeed | undefined;
  #notices: readonly Notice[] = [];
  #ready: ReadyState | undefined;
  #opened = 0;
  #isDestroyed = false;

  constructor(options: PanelOptions) {
    this.#services = options.services;
    this.#events = options.events;
    this.#view = new View(
      {
        ...options.services,
        changeWindow: (window) => this.selectWindow(window),
        changeScope: (index) => this.#selectScope(index),
      },
      options.theme,
    );
    this.#view.mount(options.container);
    this.#view.update({ kind: 'loading' });
    this.#engine = this.#load(options.engineSource);
  }

  /** Resolves when the source was read or its problem shown. */
  async open(source: PanelSource): Promise<void> {
    const opened = ++this.#opened;
    this.#feed?.stop();
    this.#feed = undefined;
    const isSame = isSameServer(this.#source, source);
    const stale = isSame ? this.#ready : undefined;
    this.#source = source;
    this.#ready = undefined;
    if (!isSame) {
      this.#window = undefined;
      this.#model = undefined;
    }
    this.#notices = [];
    this.#show({ kind: 'loading', ...(stale === undefined ? {} : { stale }) });
    const engine = await this.#engine;
    if (engine === undefined || opened !== this.#opened || this.#isDestroyed) return;
    if (source.kind === 'none') this.#showSetup(engine);
    else if (source.kind === 'data') await this.#openData(engine, source.data, opened);
    else await this.#openServer(engine, source, stale);
  }

  /** Reads the newest part of the source, or resolves at once when there is nothing to read from. */
  async refresh(): Promise<void> {
    await this.#engine;
    await this.#feed?.refresh();
  }

  /** Replaces the settings; a loaded panel shows their report before this returns. */
  configure(settings: PartialSettings): void {
    this.#settings = settings;
    if (this.#session !== undefined && this.#ready !== undefined) this.#diagnose();
  }

  /** The reader's window; undefined gives the choice back to the settings. No request is made. */
  selectWindow(window: TimeWindow | undefined): void {
    if (this.#ready === undefined) return;
    this.#window = window === undefined ? undefined : { start: Math.round(window.start), end: Math.round(window.end) };
    this.#diagnose();
    this.#events.window(this.#window);
  }

  /** The reader's window. */
  get window(): TimeWindow | undefined {
    return this.#window;
  }

  /** The report on screen. */
  get report(): Report | undefined {
    return this.#ready?.report;
  }

  setTheme(theme: Theme): void {
    this.#view.setTheme(theme);
  }

  /** Shows a problem found outside, e.g. in an attribute. */
  fail(error: unknown): void {
    this.#fail(error);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#feed?.stop();
    this.#view.destroy();
    this.#session?.free();
    this.#session = undefined;
    this.#ready = undefined;
  }

  async #load(source: EngineSource): Promise<Engine | undefined> {
    const state = await loadEngine(source);
    if (this.#isDestroyed) return undefined;
    if (state.state === 'ready') return state.engine;
    this.#isRefused = true;
    this.#view.update({ kind: 'refused', reason: state.reason, cure: state.cure });
    this.#events.problem({ code: `engine-${state.state}`, message: state.reason, cure: state.cure });
    return undefined;
  }

  async #openData(engine: Engine, data: PanelData | PromiseLike<PanelData>, opened: number): Promise<void> {
    try {
      const arrived = await data;
      if (opened !== this.#opened || this.#isDestroyed) return;
      this.#sessionOf(engine).load(sessionInput(arrived));
      this.#diagnose();
    } catch (error) {
      if (opened === this.#opened) this.#fail(error);
    }
  }

  async #openServer(
    engine: Engine,
    source: Extract<PanelSource, { kind: 'server' }>,
    stale: ReadyState | undefined,
  ): Promise<void> {
    try {
      const feed = new ServerFeed(engine, this.#sessionOf(engine), source, {
        progress: (done, total) => {
          if (this.#feed !== feed || this.#ready !== undefined) return;
          this.#show({
            kind: 'loading',
            progress: `Reading Prometheus: ${done} of ${total} queries`,
            ...(stale === undefined ? {} : { stale }),
          });
        },
        fresh: (notices) => {
          if (this.#feed !== feed) return;
          this.#notices = notices;
          this.#diagnose();
        },
        problem: (error) => {
          if (this.#feed === feed) this.#fail(error, stale);
        },
      });
      this.#feed = feed;
      await feed.start();
    } catch (error) {
      this.#fail(error);
    }
  }

  #sessionOf(engine: Engine): Session {
    this.#session ??= engine.createSession();
    return this.#session;
  }

  /** Settings to report to screen, in one go. */
  #diagnose(): void {
    try {
      const report = this.#currentReport();
      const session = this.#session;
      if (report === undefined || session === undefined) return;
      this.#ready = {
        kind: 'ready',
        report,
        column: (id) => session.column(id),
        notices: [...this.#notices],
        sections: [...(this.#settings.sections ?? ALL_SECTIONS)],
      };
      this.#show(this.#ready);
      this.#events.report(report);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The report of what the reader chose, or without it when the data no longer hold it. */
  #currentReport(): Report | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    const window = this.#window;
    const hasChoice = window !== undefined || this.#model !== undefined;
    session.configure(this.#effectiveSettings());
    const report = hasChoice ? reportOrUndefined(session) : session.report();
    if (report !== undefined && (window === undefined || contains(report.range, window))) return report;
    this.#window = undefined;
    if (report === undefined) this.#model = undefined;
    session.configure(this.#effectiveSettings());
    const latest = session.report();
    if (window !== undefined) {
      this.#services.notify(WINDOW_LEFT);
      this.#events.window(undefined);
    }
    return latest;
  }

  #effectiveSettings(): PartialSettings {
    return {
      ...this.#settings,
      ...(this.#window === undefined ? {} : { window: this.#window }),
      ...(this.#model === undefined ? {} : { scope: { ...this.#settings.scope, model: this.#model } }),
    };
  }

  #selectScope(index: number): void {
    this.#model = this.#ready?.report.scopes[index]?.model;
    this.#diagnose();
  }

  #showSetup(engine: Engine): void {
    const plan = engine.plan('vllm', { stepMs: 15_000 });
    const planned = plan.queries.map(({ role, promql }) => ({ title: role, promql }));
    this.#show({
      kind: 'setup',
      message: 'Set the url attribute to a Prometheus server, or hand range responses to the data property.',
      queries: [{ title: 'everything in one query', promql: plan.rawSelector }, ...planned],
      found: [],
    });
  }

  #fail(error: unknown, stale = this.#ready): void {
    if (this.#isDestroyed) return;
    const { code, message, cure } = describeProblem(error);
    if (code === 'cancelled') return;
    this.#events.problem({ code, message, ...(cure === undefined ? {} : { cure }) });
    const words = { message, ...(cure === undefined ? {} : { cure }) };
    if (code === 'no-engine' || code === 'nothing-loaded') this.#show({ kind: 'no-data', ...words });
    else this.#show({ kind: 'error', ...words, ...(stale === undefined ? {} : { stale }) });
  }

  #show(state: ViewState): void {
    if (!this.#isDestroyed && !this.#isRefused) this.#view.update(state);
  }
}

function isSameServer(before: PanelSource, after: PanelSource): boolean {
  return before.kind === 'server' && after.kind === 'server' && before.server.url === after.server.url;
}

function contains(range: TimeWindow, window: TimeWindow): boolean {
  return window.start >= range.start && window.end <= range.end;
}

/** A choice that the data no longer hold may be refused; that is no error, the data have moved on. */
function reportOrUndefined(session: Session): Report | undefined {
  try {
    return session.report();
  } catch {
    return undefined;
  }
}
