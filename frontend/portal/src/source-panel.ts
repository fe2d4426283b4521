import type { PartialSettings } from '@inference-triage/engine';
import { Panel, setupFor, type PanelOptions } from '@inference-triage/panel';
import { ServerFeed, type PanelSource } from './panel-source.js';

const SETUP =
  'Set the url attribute to a Prometheus server, or hand range responses to the data property.';

/** Cures for what the core refuses; its messages name the cause. */
const CURES: Readonly<Record<string, string>> = {
  'no-engine':
    'Check that Prometheus scrapes the engine and that match and prefix name its series.',
  'too-large': 'Choose a shorter range, a narrower match, or grouping="model".',
};

/**
 * A panel that reads its data from a source: nothing, what a page hands over, or a Prometheus
 * server.
 */
export class SourcePanel extends Panel {
  #source: PanelSource = { kind: 'none' };
  #feed: ServerFeed | undefined;
  #settings: PartialSettings = {};
  #opened = 0;

  constructor(options: PanelOptions) {
    super({ ...options, cures: CURES });
  }

  /** Resolves when the source was read or its problem shown. */
  async open(source: PanelSource): Promise<void> {
    const opened = ++this.#opened;
    this.#feed?.stop();
    this.#feed = undefined;
    if (!isSameServer(this.#source, source)) this.clear();
    this.#source = source;
    this.showLoading();
    const engine = await this.engine;
    if (engine === undefined || opened !== this.#opened) return;
    if (source.kind === 'none') {
      this.showSetup(setupFor(engine, SETUP, engine.servingEngines[0].id, { stepMs: 15_000 }));
    } else if (source.kind === 'data') await this.load(source.data);
    else await this.#openServer(source);
  }

  /**
   * Reads the newest part of the source, or resolves at once when there is nothing to read from.
   */
  async refresh(): Promise<void> {
    await this.engine;
    await this.#feed?.refresh();
  }

  override configure(settings: PartialSettings): void {
    this.#settings = settings;
    super.configure(settings);
    void this.#feed?.followSettings();
  }

  override destroy(): void {
    this.#feed?.stop();
    this.#feed = undefined;
    super.destroy();
  }

  async #openServer(source: Extract<PanelSource, { kind: 'server' }>): Promise<void> {
    const [engine, session] = [await this.engine, await this.session()];
    if (engine === undefined || session === undefined || this.#source !== source) return;
    let isFirst = true;
    try {
      const settings = (): PartialSettings => this.#settings;
      const feed = new ServerFeed(engine, session, source, settings, {
        progress: (done, total) => {
          if (this.#feed !== feed || !isFirst) return;
          this.showLoading(`Reading Prometheus: ${done} of ${total} queries`);
        },
        fresh: (notices) => {
          if (this.#feed !== feed) return;
          isFirst = false;
          this.showSession(notices);
        },
        problem: (error) => {
          if (this.#feed === feed) this.fail(error);
        },
      });
      this.#feed = feed;
      await feed.start();
    } catch (error) {
      this.fail(error);
    }
  }
}

function isSameServer(before: PanelSource, after: PanelSource): boolean {
  return (
    before.kind === 'server' && after.kind === 'server' && before.server.url === after.server.url
  );
}
