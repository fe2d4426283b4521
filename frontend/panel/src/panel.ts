import type {
  Engine,
  EngineSource,
  Notice,
  PartialSettings,
  Report,
  ScopeSummary,
  Session,
  TextSize,
} from '@inference-triage/engine';
import { loadEngine } from '@inference-triage/engine';
import type {
  Annotation,
  ComparedWith,
  ComparisonSource,
  HostServices,
  Link,
  ReadyState,
  ReplicaSource,
  Theme,
  TimelineSource,
  ViewState,
} from '@inference-triage/view';
import { SECTIONS, View } from '@inference-triage/view';
import type { Place } from './dashboard-address.js';
import { downloadFile, downloadText } from './download.js';
import { historyInput, sessionInput, type PanelData } from './panel-data.js';
import { describeProblem, type Problem } from './problem.js';
import type { Setup } from './setup.js';
import { contains, type TimeWindow } from './time-window.js';

/** What the panel tells its host. */
export interface PanelEvents {
  /** A new report is on screen. */
  report?(report: Report): void;
  /** There is no new report. */
  problem?(problem: Problem): void;
  /** The reader selected a window, cleared it, or it has left the range. */
  window?(window: TimeWindow | undefined): void;
  /** The reader began, changed or ended a comparison. */
  comparison?(compared: ComparedWith | undefined): void;
}

/** What the view asks of a host; the panel itself answers for what the reader chose, and files. */
export type PanelServices = Omit<
  HostServices,
  'changeWindow' | 'changeScope' | 'changeReplica' | 'changeComparison' | 'saveFile'
>;

/** What the panel is given by its host. */
export interface PanelOptions {
  container: HTMLElement;
  engineSource: EngineSource;
  services: PanelServices;
  theme: Theme;
  events?: PanelEvents;
  /**
   * What to do about a problem in this host, by its code, e.g. `no-engine`, `too-large`;
   * `engine-policy` for a Content-Security-Policy that refuses the engine.
   */
  cures?: Readonly<Record<string, string>>;
}

/** What the host knows besides the data. */
export interface HostKnowledge {
  /** Drawn over the time strips. */
  annotations: readonly Annotation[];
  /** Offered with the actions. */
  links: readonly Link[];
}

const REPLICA_LEFT = 'The chosen replica is no longer in the data; all replicas are shown.';

const WINDOW_LEFT = 'The selected window has left the range; the latest window is shown.';

/** From how far each is read: half as large again in a room, two and a half times on a wall. */
const SCALE: Record<TextSize, number> = { normal: 1, large: 1.5, wall: 2.5 };

/** Problems that are no failure: there is nothing to diagnose. */
const NO_DATA: readonly string[] = ['no-engine', 'nothing-loaded'];

/**
 * One view with one session behind it: shows data, follows the reader's window, frees everything in
 * the end.
 */
export class Panel {
  /**
   * The page's engine; undefined when the browser or a policy refuses it, which the panel then says
   * in its place.
   */
  readonly engine: Promise<Engine | undefined>;
  readonly #view: View;
  readonly #events: PanelEvents;
  readonly #cures: Readonly<Record<string, string>>;
  #savesCapsules = false;
  #runbook: string | undefined;
  #services: PanelServices;
  #theme: Theme;
  #state: ViewState = { kind: 'loading' };
  #isRefused = false;
  #session: Session | undefined;
  #settings: PartialSettings = {};
  #window: TimeWindow | undefined;
  /** What the reader's scope is known by: ids change with the data. */
  #scope: string | undefined;
  /** Its id in the present data with the present settings; undefined until it was looked up. */
  #scopeId: number | undefined;
  /**
   * The replica that the reader looks at alone, by its key; null: all of them, whatever the
   * settings say; undefined: as the settings say.
   */
  #replica: string | null | undefined;
  /** What the window is compared with. */
  #compared: ComparedWith | undefined;
  /** Counts diagnoses: each may have other verdicts of its replicas. */
  #diagnoses = 0;
  /** Counts what changes the verdicts of the range: data, settings, scope. */
  #revision = 0;
  #notices: readonly Notice[] = [];
  #knowledge: HostKnowledge = { annotations: [], links: [] };
  #ready: ReadyState | undefined;
  #loads = 0;
  #isDestroyed = false;

  constructor(options: PanelOptions) {
    this.#services = options.services;
    this.#events = options.events ?? {};
    this.#cures = options.cures ?? {};
    this.#theme = options.theme;
    this.#view = new View(this.#viewServices(), options.theme);
    this.#view.mount(options.container);
    this.#view.update(this.#state);
    this.engine = this.#load(options.engineSource);
  }

  /**
   * Shows the diagnosis of the data, or the problem with them; of several calls the latest wins.
   */
  async load(
    data: PanelData | PromiseLike<PanelData>,
    notices: readonly Notice[] = [],
  ): Promise<void> {
    const load = ++this.#loads;
    const isLatest = (): boolean => load === this.#loads && !this.#isDestroyed;
    try {
      const [engine, arrived] = [await this.engine, await data];
      if (engine === undefined || !isLatest()) return;
      const session = this.#sessionOf(engine);
      session.load(sessionInput(arrived));
      const history = historyInput(arrived);
      if (history) session.loadHistory(history);
      else session.clearHistory();
      this.showSession(notices);
    } catch (error) {
      if (isLatest()) this.fail(error);
    }
  }

  /**
   * The session of the panel, for a host that loads and appends by itself; then {@link
   * showSession}.
   */
  async session(): Promise<Session | undefined> {
    const engine = await this.engine;
    return engine === undefined || this.#isDestroyed ? undefined : this.#sessionOf(engine);
  }

  /** Shows the diagnosis of what the session holds now. */
  showSession(notices: readonly Notice[] = []): void {
    this.#notices = notices;
    this.#scopeId = undefined;
    this.#revision += 1;
    this.#diagnose();
  }

  /** Adds what the host knows to this diagnosis and the next ones, until it is called again. */
  annotate(knowledge: Partial<HostKnowledge>): void {
    this.#knowledge = { annotations: [], links: [], ...knowledge };
    if (this.#ready === undefined) return;
    const before = this.#ready;
    const { annotations, links } = this.#knowledge;
    this.#ready = { ...before, annotations, links: [...this.#links(before.report), ...links] };
    if (this.#state === before) this.#show(this.#ready);
    else if ('stale' in this.#state && this.#state.stale === before)
      this.#show({ ...this.#state, stale: this.#ready });
  }

  /**
   * Shows the cursor of the strips at a time that another chart of the host points at; undefined
   * takes it away.
   */
  setCursor(time: number | undefined): void {
    this.#view.setCursor(time);
  }

  /** Data are on their way: what is on screen is dimmed and stays. */
  showLoading(progress?: string): void {
    this.#show({
      kind: 'loading',
      ...(progress === undefined ? {} : { progress }),
      ...(this.#ready === undefined ? {} : { stale: this.#ready }),
    });
  }

  /** There is no query yet. */
  showSetup(setup: Setup): void {
    this.#loads += 1;
    this.#ready = undefined;
    this.#show({ kind: 'setup', ...setup });
  }

  /** Shows a problem; the last diagnosis stays, dimmed. */
  fail(error: unknown): void {
    if (this.#isDestroyed) return;
    const problem = describeProblem(error, this.#cures);
    const { code, message, cure } = problem;
    if (code === 'cancelled') return;
    this.#events.problem?.(problem);
    const words = { message, ...(cure === undefined ? {} : { cure }) };
    if (NO_DATA.includes(code)) this.#show({ kind: 'no-data', ...words });
    else
      this.#show({
        kind: 'error',
        ...words,
        ...(this.#ready === undefined ? {} : { stale: this.#ready }),
      });
  }

  /**
   * Forgets the diagnosis on screen, the reader's window, scope and replica: other data are to
   * come.
   */
  clear(): void {
    this.#loads += 1;
    this.#ready = undefined;
    this.#window = undefined;
    this.#scope = undefined;
    this.#scopeId = undefined;
    this.#replica = undefined;
    this.#notices = [];
  }

  /** Replaces the settings; a loaded panel shows their report before this returns. */
  configure(settings: PartialSettings): void {
    const isOfOtherSize = settings.text_size !== this.#settings.text_size;
    this.#settings = settings;
    if (isOfOtherSize) this.#view.setTheme(this.#look());
    this.#scopeId = undefined;
    this.#revision += 1;
    if (this.#session !== undefined && this.#ready !== undefined) this.#diagnose();
  }

  /** The reader's window; undefined gives the choice back to the settings. No request is made. */
  selectWindow(window: TimeWindow | undefined): void {
    if (this.#ready === undefined) return;
    this.#window =
      window === undefined
        ? undefined
        : { start: Math.round(window.start), end: Math.round(window.end) };
    this.#diagnose();
    this.#events.window?.(this.#window);
  }

  /**
   * The place to begin with, as a link to a diagnosis names it; call it before there are data. What
   * the data do not hold is left out.
   */
  openPlace({ window, scope, replica, compared }: Place): void {
    this.#window = window;
    this.#scope = scope;
    this.#replica = replica;
    this.#compared = compared;
  }

  /** What the reader chose to look at. */
  get place(): Place {
    return {
      window: this.#window,
      scope: this.#scope,
      replica: this.#replica,
      compared: this.#compared,
    };
  }

  /** The reader's window. */
  get window(): TimeWindow | undefined {
    return this.#window;
  }

  /** The report on screen. */
  get report(): Report | undefined {
    return this.#ready?.report;
  }

  /**
   * The report on screen as JSON text, byte for byte what the command line prints for the same
   * input and settings.
   */
  reportBytes(): Uint8Array | undefined {
    return this.#ready && this.#session?.reportBytes(this.#ready.report.scope);
  }

  /** Whether readers may save the data as a capsule. */
  offerCapsules(isOffered: boolean): void {
    if (isOffered === this.#savesCapsules) return;
    this.#savesCapsules = isOffered;
    if (this.#ready !== undefined) this.#diagnose();
  }

  /** Where the page of a cause is: an address with `{cause}` in it; undefined: there is none. */
  linkRunbook(template: string | undefined): void {
    if (template === this.#runbook) return;
    this.#runbook = template;
    if (this.#ready !== undefined) this.#diagnose();
  }

  #links({ verdict }: Report): Link[] {
    if (this.#runbook === undefined) return [];
    const url = this.#runbook.replaceAll('{cause}', verdict.id);
    return [{ title: `Runbook of ${verdict.id.replaceAll('-', ' ')}`, url }];
  }

  readonly #saveCapsule = (redact: boolean): void => {
    try {
      const text = this.#session?.capsule(this.#effectiveSettings(), { redact });
      const time = new Date(this.report?.window.end ?? 0).toISOString().slice(0, 16);
      const name = `incident-${time.replace(/[:T]/g, '-')}.capsule.json`;
      if (text !== undefined) downloadText(name, text);
    } catch (error) {
      this.#services.notify(
        `The capsule could not be saved: ${describeProblem(error, {}).message}`,
      );
    }
  };

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#view.setTheme(this.#look());
  }

  /**
   * Replaces the host's services, e.g. for another time zone; what is on screen is drawn again with
   * them.
   */
  setServices(services: PanelServices): void {
    this.#services = services;
    this.#view.update(this.#state);
    // Charts write times too, and only a new theme redraws them.
    this.#view.setTheme(this.#look());
  }

  /** Fixes the size in CSS pixels, for hosts that dictate it. */
  resize(width: number, height: number): void {
    this.#view.resize(width, height);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#view.destroy();
    this.#session?.free();
    this.#session = undefined;
    this.#ready = undefined;
  }

  /** The host's look in the reader's size. */
  #look(): Theme {
    return { ...this.#theme, scale: SCALE[this.#settings.text_size ?? 'normal'] };
  }

  /** Asks for the host's services when they are used, because a host may replace them. */
  #viewServices(): HostServices {
    const current = (): PanelServices => this.#services;
    return {
      copy: (text) => current().copy(text),
      notify: (message) => current().notify(message),
      formatTime: (ms, style) => current().formatTime(ms, style),
      changeWindow: (window) => this.selectWindow(window),
      changeScope: (id) => this.#selectScope(id),
      changeReplica: (replica) => this.#selectReplica(replica),
      changeComparison: (compared) => {
        this.#compared = compared;
        this.#events.comparison?.(compared);
      },
      saveFile: downloadFile,
      hover: (time) => current().hover?.(time),
      get zoomTo() {
        return current().zoomTo;
      },
      get openLink() {
        return current().openLink;
      },
      get address() {
        return current().address;
      },
    };
  }

  async #load(source: EngineSource): Promise<Engine | undefined> {
    const state = await loadEngine(source);
    if (this.#isDestroyed) return undefined;
    if (state.state === 'ready') return state.engine;
    const cure = (state.byPolicy && this.#cures['engine-policy']) ?? state.cure;
    this.#show({ kind: 'refused', reason: state.reason, cure });
    this.#isRefused = true;
    this.#events.problem?.({ code: `engine-${state.state}`, message: state.reason, cure });
    return undefined;
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
        column: (id) => session.column(report.scope, id),
        heatMap: {
          read: (query) => session.heatMap(report.scope, query),
          paint: (context, query, colours) =>
            session.paintHeatMap(context, report.scope, query, colours),
        },
        timeline: this.#timeline(session, report.scope),
        replicaVerdicts: this.#replicaVerdicts(session, report.scope),
        comparison: this.#comparison(session, report.scope),
        replica: this.#effectiveSettings().scope?.replica,
        markdown: () => session.markdown(report.scope),
        saveCapsule: this.#savesCapsules && session.hasCapsule ? this.#saveCapsule : undefined,
        notices: [...this.#notices],
        sections: [...(this.#settings.sections ?? SECTIONS)],
        annotations: this.#knowledge.annotations,
        links: [...this.#links(report), ...this.#knowledge.links],
      };
      this.#show(this.#ready);
      this.#events.report?.(report);
    } catch (error) {
      this.fail(error);
    }
  }

  #timeline(session: Session, scope: number): TimelineSource {
    const revision = this.#revision;
    const isPresent = (): boolean => this.#session === session && this.#revision === revision;
    return {
      revision,
      read: (first, most) => (isPresent() ? session.timeline(scope, first, most) : undefined),
    };
  }

  #comparison(session: Session, scope: number): ComparisonSource {
    return {
      revision: this.#revision,
      first: this.#compared,
      read: (before, after) => {
        try {
          return session.compare(scope, before, after);
        } catch (error) {
          return describeProblem(error, this.#cures).message;
        }
      },
      markdown: (before, after) => session.compareMarkdown(scope, before, after),
    };
  }

  #replicaVerdicts(session: Session, scope: number): ReplicaSource {
    const revision = ++this.#diagnoses;
    const isPresent = (): boolean => this.#session === session && this.#diagnoses === revision;
    return {
      revision,
      read: (first, most) =>
        isPresent() ? session.replicaVerdicts(scope, first, most) : undefined,
    };
  }

  /** The report of what the reader chose, or without it when the data no longer hold it. */
  #currentReport(): Report | undefined {
    try {
      return this.#reportOfChoice();
    } catch (error) {
      if (typeof this.#replica !== 'string') throw error;
      this.#replica = undefined;
      this.#scopeId = undefined;
      const report = this.#reportOfChoice();
      this.#services.notify(REPLICA_LEFT);
      return report;
    }
  }

  #reportOfChoice(): Report | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    const window = this.#window;
    session.configure(this.#effectiveSettings());
    // A summary diagnoses every scope, so a brush does without.
    const scope = (this.#scopeId ??= scopeOf(session, this.#scope));
    if (scope === undefined) this.#scope = undefined;
    const report = session.report(scope);
    if (window === undefined || contains(report.range, window)) return report;
    this.#window = undefined;
    session.configure(this.#effectiveSettings());
    const latest = session.report(scope);
    this.#services.notify(WINDOW_LEFT);
    this.#events.window?.(undefined);
    return latest;
  }

  #effectiveSettings(): PartialSettings {
    const { replica: given, ...scope } = this.#settings.scope ?? {};
    const replica = this.#replica === undefined ? given : (this.#replica ?? undefined);
    return {
      ...this.#settings,
      ...(this.#settings.scope || replica !== undefined
        ? { scope: { ...scope, ...(replica === undefined ? {} : { replica }) } }
        : {}),
      ...(this.#window === undefined ? {} : { window: this.#window }),
    };
  }

  #selectScope(id: number): void {
    const chosen = this.#ready?.report.scopes.find((scope) => scope.id === id);
    this.#scope = chosen && keyOf(chosen);
    this.#scopeId = chosen?.id;
    this.#replica = undefined;
    this.#revision += 1;
    this.#diagnose();
  }

  /** The scope stays that of the table which the replica was chosen from. */
  #selectReplica(replica: string | undefined): void {
    const { report } = this.#ready ?? {};
    const shown = report?.scopes.find(({ id }) => id === report.scope);
    this.#scope = shown && keyOf(shown);
    this.#scopeId = shown?.id;
    this.#replica = replica ?? null;
    this.#revision += 1;
    this.#diagnose();
  }

  #show(state: ViewState): void {
    if (this.#isDestroyed || this.#isRefused) return;
    this.#state = state;
    this.#view.update(state);
  }
}

/** What tells a scope from the others whatever else is loaded. */
function keyOf({ engine, model }: ScopeSummary): string {
  return JSON.stringify([engine.profile, engine.prefix, model]);
}

/** The id of a scope in the present data; undefined when they do not hold it. */
function scopeOf(session: Session, key: string | undefined): number | undefined {
  if (key === undefined) return undefined;
  return session.summary().scopes.find((scope) => keyOf(scope) === key)?.id;
}
