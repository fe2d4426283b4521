import type { PartialSettings, Report } from '@inference-triage/engine';
import { copyText, timeFormatter } from '@inference-triage/panel';
import type {
  PanelData,
  PanelEvents,
  PanelServices,
  Problem,
  TimeWindow,
} from '@inference-triage/panel';
import { ATTRIBUTE_NAMES, type AttributeName } from './attributes.js';
import { readSettings, readSource, readWord } from './configuration.js';
import { takeDrops, type DroppedFile } from './dropped-file.js';
import { engineSource } from './engine-source.js';
import { MessageLine } from './message.js';
import type { PanelSource } from './panel-source.js';
import { Permalink, type LinkedPlace } from './permalink.js';
import { SourcePanel } from './source-panel.js';
import { elementStyles } from './styles.js';
import { readTheme, watchTheme, type ThemeChoice } from './theme.js';

/** The element's events and their details. All of them bubble and cross shadow roots. */
export interface InferenceTriageEventMap {
  'inference-triage-report': CustomEvent<{ report: Report }>;
  'inference-triage-error': CustomEvent<Problem>;
  'inference-triage-window': CustomEvent<{ window: TimeWindow | undefined }>;
}

// Importing the class must work where there is no DOM, for rendering on a server.
const Base = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);

const PROPERTIES = ['data', 'settings', 'headers', 'fetch', 'memoryBudget'] as const;

/**
 * `<inference-triage>`: the diagnosis of an LLM serving engine from Prometheus data. Attributes say
 * where the data are and how to look at them; the properties `data` and `settings` take objects.
 * See the read-me for every name.
 */
export class InferenceTriageElement extends Base {
  static get observedAttributes(): string[] {
    return [...ATTRIBUTE_NAMES];
  }

  #panel: SourcePanel | undefined;
  #data: PanelData | PromiseLike<PanelData> | undefined;
  #settings: PartialSettings = {};
  #memoryBudget: number | undefined;
  #headers: Readonly<Record<string, string>> | undefined;
  #fetch: typeof fetch | undefined;
  #formatTime = timeFormatter();
  #isSyncQueued = false;
  /** What the reader dropped; it takes the place of `data` and `url` until either changes. */
  #dropped: DroppedFile | undefined;
  readonly #permalink = new Permalink(() => this.getAttribute('permalink'));
  /** Whether anything was opened, so that the window of the address has had its turn. */
  #hasOpened = false;
  #openedKey: unknown[] | undefined;
  #opening: Promise<void> = Promise.resolve();
  #cleanUp: () => void = () => {};

  /**
   * Range responses or a sample batch to diagnose, or a promise of them; takes the place of `url`.
   */
  get data(): PanelData | PromiseLike<PanelData> | undefined {
    return this.#data;
  }

  set data(data: PanelData | PromiseLike<PanelData> | undefined) {
    this.#data = data;
    this.#dropped = undefined;
    this.#queueSync();
  }

  /**
   * The settings as one JSON object, fit for keeping; attributes win over it. The reader's window
   * is not part of it.
   */
  get settings(): PartialSettings {
    return this.#settings;
  }

  set settings(settings: PartialSettings | undefined) {
    this.#settings = settings ?? {};
    this.#queueSync();
  }

  /** Headers for every query, e.g. `Authorization` or `X-Scope-OrgID`. */
  get headers(): Readonly<Record<string, string>> | undefined {
    return this.#headers;
  }

  set headers(headers: Readonly<Record<string, string>> | undefined) {
    this.#headers = headers;
    this.#queueSync();
  }

  /** Takes the place of the page's `fetch` for every query. */
  get fetch(): typeof fetch | undefined {
    return this.#fetch;
  }

  set fetch(replacement: typeof fetch | undefined) {
    this.#fetch = replacement;
    this.#queueSync();
  }

  /** Bytes that the answers of one refresh may have together, decompressed; 256 MiB unless told. */
  get memoryBudget(): number | undefined {
    return this.#memoryBudget;
  }

  set memoryBudget(bytes: number | undefined) {
    this.#memoryBudget = bytes;
    this.#queueSync();
  }

  /** The interval the reader has selected, Unix milliseconds. */
  get window(): TimeWindow | undefined {
    return this.#panel?.window;
  }

  /**
   * Shows the diagnosis of that interval at once, without a request; undefined goes back to the
   * latest.
   */
  set window(window: TimeWindow | undefined) {
    this.#panel?.selectWindow(window);
  }

  /** The report on screen; undefined when there is none. */
  report(): Report | undefined {
    return this.#panel?.report;
  }

  /** Fetches the newest part of the data; resolves when it is on screen, or its problem is. */
  async refresh(): Promise<void> {
    await this.#opening;
    await this.#panel?.refresh();
  }

  /**
   * Reads the CSS custom properties again. Called by itself for changes of class, style and system.
   */
  updateTheme(): void {
    this.#panel?.setTheme(readTheme(this, this.#themeChoice()));
  }

  connectedCallback(): void {
    if (this.#panel !== undefined) return;
    this.#upgradeProperties();
    this.#build();
    this.#queueSync();
  }

  disconnectedCallback(): void {
    // An element that is only moved is connected again at once and keeps its data.
    queueMicrotask(() => {
      if (!this.isConnected) this.#tearDown();
    });
  }

  attributeChangedCallback(name: string): void {
    if (name === 'url') this.#dropped = undefined;
    this.#queueSync();
  }

  /** Properties that were set before the element was registered hide the accessors of the class. */
  #upgradeProperties(): void {
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name];
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  #build(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [elementStyles()];
    const container = document.createElement('div');
    container.className = 'panel';
    const message = new MessageLine();
    root.replaceChildren(container, message.element);
    const panel = new SourcePanel({
      container,
      engineSource: engineSource(),
      services: this.#services(message),
      theme: readTheme(this, this.#themeChoice()),
      events: this.#panelEvents(),
    });
    this.#panel = panel;
    const stopWatching = watchTheme(this, () => this.updateTheme());
    const stopDrops = takeDrops(
      container,
      (file) => this.#open(file, message),
      (error) => message.show(`The file cannot be opened: ${said(error)}.`),
      () => this.hasAttribute('capsules'),
    );
    this.#cleanUp = () => {
      stopWatching();
      stopDrops();
      message.stop();
      panel.destroy();
    };
  }

  #services(message: MessageLine): PanelServices {
    const permalink = this.#permalink;
    const address = (): string => permalink.address(this.#shown());
    return {
      copy: copyText,
      notify: (text) => message.show(text),
      formatTime: (ms, style) => this.#formatTime(ms, style),
      get address() {
        return permalink.isWanted ? address : undefined;
      },
    };
  }

  /** What is on screen. */
  #shown(): LinkedPlace | undefined {
    const { report, place } = this.#panel ?? {};
    return report && { window: report.window, range: report.range, compared: place?.compared };
  }

  /** The address follows the reader's own choices. */
  #follow(): void {
    const { window, compared } = this.#panel?.place ?? {};
    this.#permalink.follow(window || compared ? this.#shown() : undefined);
  }

  /** The window of the address belongs to what was opened first, and is forgotten with it. */
  #goToPlace(panel: SourcePanel, { kind }: PanelSource): void {
    if (kind === 'none') return;
    const place = this.#hasOpened ? undefined : this.#permalink.place();
    this.#hasOpened = true;
    if (place) panel.openPlace({ window: place.window, compared: place.compared });
    else this.#permalink.follow(undefined);
  }

  #open(file: DroppedFile, message: MessageLine): void {
    this.#dropped = file;
    this.#openedKey = undefined;
    this.#sync();
    message.show(`${file.name} is shown; reload the page to go back.`);
  }

  #tearDown(): void {
    this.#cleanUp();
    this.#cleanUp = () => {};
    this.#panel = undefined;
    this.#openedKey = undefined;
    this.shadowRoot?.replaceChildren();
  }

  #panelEvents(): PanelEvents {
    return {
      report: (report) => this.#tell('inference-triage-report', { report }),
      problem: (problem) => this.#tell('inference-triage-error', problem),
      comparison: () => this.#follow(),
      window: (window) => {
        this.#follow();
        this.#tell('inference-triage-window', { window });
      },
    };
  }

  #tell(type: keyof InferenceTriageEventMap, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  /** Several attributes set in a row make one change. */
  #queueSync(): void {
    if (this.#isSyncQueued) return;
    this.#isSyncQueued = true;
    queueMicrotask(() => {
      this.#isSyncQueued = false;
      this.#sync();
    });
  }

  #sync(): void {
    const panel = this.#panel;
    if (panel === undefined) return;
    const read = (name: AttributeName): string | null => this.getAttribute(name);
    try {
      this.#formatTime = timeFormatter(
        read('time-zone') ?? undefined,
        this.closest('[lang]')?.getAttribute('lang') ?? undefined,
      );
      panel.setTheme(readTheme(this, this.#themeChoice()));
      const source = this.#source();
      const settings = readSettings(this.#settings, read);
      panel.configure(this.#dropped?.settings ?? settings);
      panel.offerCapsules(this.hasAttribute('capsules'));
      panel.linkRunbook(read('runbook') ?? undefined);
      const key = [
        source.kind === 'server' ? JSON.stringify(source.server) : '',
        this.#data,
        this.#headers,
        this.#fetch,
        this.#memoryBudget,
      ];
      if (this.#openedKey?.every((part, index) => part === key[index]) === true) return;
      this.#openedKey = key;
      this.#opening = panel.open(source);
      this.#goToPlace(panel, source);
    } catch (error) {
      panel.fail(error);
    }
  }

  #source(): PanelSource {
    if (this.#dropped !== undefined) return { kind: 'data', data: this.#dropped };
    if (this.#data !== undefined) return { kind: 'data', data: this.#data };
    const server = readSource((name) => this.getAttribute(name));
    if (server === undefined) return { kind: 'none' };
    const { range } = this.#permalink.place() ?? {};
    const { start = 0, end = 0 } = range ?? {};
    return {
      kind: 'server',
      server: range ? { ...server, range: end - start, end, refresh: undefined } : server,
      client: {
        ...(this.#headers === undefined ? {} : { headers: this.#headers }),
        ...(this.#fetch === undefined ? {} : { fetch: this.#fetch }),
        ...(this.#memoryBudget === undefined ? {} : { memoryBudget: this.#memoryBudget }),
      },
    };
  }

  #themeChoice(): ThemeChoice {
    const read = (name: AttributeName): string | null => this.getAttribute(name);
    return {
      theme: wordOr('auto', () => readWord(read, 'theme', ['light', 'dark', 'auto'])),
      density: wordOr('comfortable', () => readWord(read, 'density', ['comfortable', 'compact'])),
    };
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A look that cannot be read must not keep the diagnosis from the reader. */
function wordOr<Word>(fallback: Word, read: () => Word | undefined): Word {
  try {
    return read() ?? fallback;
  } catch {
    return fallback;
  }
}
