import {
  LoadingState,
  type AbsoluteTimeRange,
  type EventBus,
  type GrafanaTheme2,
  type PanelData,
} from '@grafana/data';
import type { Notice } from '@inference-triage/engine';
import { wasmBytes } from '@inference-triage/engine/inline';
import {
  asSentence,
  BatchBuilder,
  dashboardAddress,
  Panel,
  placeInAddress,
  type PanelServices,
  type Problem,
} from '@inference-triage/panel';

import { errorText } from '../frames/notices';
import { QueryTexts } from '../frames/queries';
import { errorsOf, namesIn, readFrames } from '../frames/read';
import { annotationsOf } from '../host/annotations';
import { SharedCursor } from '../host/cursor';
import { linksOf } from '../host/data-links';
import { servicesOf } from '../host/services';
import { themeOf } from '../host/theme';
import { readOptions } from '../options/read';
import { settingsOf } from '../options/settings';
import { setupOf } from '../setup';
import type { PhasesOptions } from '../options/types';
import { isLiveRefresh } from './refresh';

/** What Grafana gives a panel, as far as this one uses it. */
export interface PanelInputs {
  data: PanelData;
  options: unknown;
  theme: GrafanaTheme2;
  isTransparent: boolean;
  timeZone: string;
  width: number;
  /** Infinite where the content decides. */
  height: number;
  eventBus: EventBus;
  /** Whether the dashboard shares cursors. */
  isCursorShared(): boolean;
  replaceVariables(text: string): string;
  changeTimeRange(range: AbsoluteTimeRange): void;
}

/** What to do in Grafana about what the core refuses. */
const CURES = {
  'engine-policy':
    "Add this to the script-src of content_security_policy_template in Grafana's configuration: 'wasm-unsafe-eval'",
  'too-large':
    'Choose a shorter time range, a narrower selector, or the planned queries, which sum on the server.',
};

/** One panel in Grafana: takes over what has changed since the last update. */
export class PanelHost {
  readonly #panel: Panel;
  #inputs: PanelInputs;
  #settings = '';
  #optionNotices: readonly Notice[] = [];
  #dataNotices: readonly Notice[] = [];
  #loaded: PanelData | undefined;
  #problem: Problem | undefined;
  #reads = 0;
  #cursor: SharedCursor;

  constructor(container: HTMLElement, inputs: PanelInputs) {
    this.#inputs = inputs;
    this.#panel = new Panel({
      container,
      engineSource: wasmBytes,
      services: this.#services(),
      theme: themeOf(inputs.theme, inputs.isTransparent),
      cures: CURES,
      events: {
        problem: (problem) => {
          this.#problem = problem;
        },
      },
    });
    this.#panel.openPlace(placeInAddress(location.href));
    this.#cursor = this.#shareCursor();
    this.#panel.resize(inputs.width, inputs.height);
    this.#configure();
    this.#read();
  }

  /** Follows Grafana; call it after every render, before the browser paints. */
  update(inputs: PanelInputs): void {
    const before = this.#inputs;
    this.#inputs = inputs;
    if (inputs.theme !== before.theme || inputs.isTransparent !== before.isTransparent) {
      this.#panel.setTheme(themeOf(inputs.theme, inputs.isTransparent));
    }
    if (inputs.timeZone !== before.timeZone) {
      this.#panel.setServices(this.#services());
    }
    if (inputs.width !== before.width || inputs.height !== before.height) {
      this.#panel.resize(inputs.width, inputs.height);
    }
    if (inputs.eventBus !== before.eventBus) {
      this.#cursor.destroy();
      this.#cursor = this.#shareCursor();
    }
    this.#configure();
    if (inputs.data !== before.data) {
      this.#read();
    }
  }

  /** Frees everything; the host is done. */
  destroy(): void {
    this.#reads += 1;
    this.#cursor.destroy();
    this.#panel.destroy();
  }

  #services(): PanelServices {
    return servicesOf(
      this.#inputs.timeZone,
      (range) => this.#inputs.changeTimeRange(range),
      (time) => this.#cursor.point(time),
      () => this.#address()
    );
  }

  /** Grafana's own address with the range on screen as absolute times. */
  #address(): string {
    const { report, place } = this.#panel;
    const names = { start: 'from', end: 'to' };
    return report ? dashboardAddress(location.href, names, report.range, place) : location.href;
  }

  #shareCursor(): SharedCursor {
    const show = (time: number | undefined): void => this.#panel.setCursor(time);
    return new SharedCursor(this.#inputs.eventBus, () => this.#inputs.isCursorShared(), show);
  }

  /** Options and the dashboard's variables may have changed; equal settings are no news. */
  #configure(): void {
    const options = readOptions(this.#inputs.options);
    this.#panel.linkRunbook(runbookOf(options, this.#inputs.replaceVariables));
    const { settings, notices } = settingsOf(options, this.#inputs.replaceVariables);
    const written = JSON.stringify([settings, notices]);
    if (written === this.#settings) {
      return;
    }
    const isNewNotice = JSON.stringify(notices) !== JSON.stringify(this.#optionNotices);
    this.#settings = written;
    this.#optionNotices = notices;
    this.#panel.configure(settings);
    if (isNewNotice && this.#panel.report) {
      this.#panel.showSession(this.#notices());
    }
  }

  /** Copies the data before it returns: Grafana empties its arrays when newer ones come. */
  #read(): void {
    const { data } = this.#inputs;
    if (data.state === LoadingState.Loading || data.state === LoadingState.NotStarted) {
      if (!isLiveRefresh(this.#loaded, data)) {
        this.#panel.showLoading();
      }
      return;
    }
    const read = ++this.#reads;
    const builder = new BatchBuilder();
    readFrames(builder, data);
    this.#loaded = data;
    const batch = builder.build();
    if (builder.isEmpty) {
      this.#showNothing(data, batch.notices, read);
      return;
    }
    const names = namesIn(data.series);
    this.#dataNotices = batch.notices.filter(({ level }) => level !== 'info');
    this.#problem = undefined;
    this.#panel.annotate({
      annotations: annotationsOf(data.annotations),
      links: linksOf(data.series),
    });
    void this.#panel.load(batch, this.#notices()).then(() => {
      if (this.#problem?.code === 'no-engine') {
        void this.#showSetup(this.#problem.message, names, read);
      }
    });
  }

  #notices(): Notice[] {
    return [...this.#optionNotices, ...this.#dataNotices];
  }

  /**
   * No sample at all: a failed query is an error, a query that matched nothing or is missing asks
   * for set-up.
   */
  #showNothing(data: PanelData, notices: readonly Notice[], read: number): void {
    const [error] = errorsOf(data);
    if (error) {
      this.#panel.fail(queryFailure(errorText(error)));
      return;
    }
    const hasQuery = !new QueryTexts(data.series, data.request).isEmpty;
    const [said] = notices.filter(({ level }) => level !== 'info');
    const nothing =
      'The query brought no samples in this time range; if it should, check its selector and the range.';
    const why = said?.text ?? (hasQuery ? nothing : 'This panel has no query yet.');
    this.#panel.clear();
    void this.#showSetup(why, [], read);
  }

  async #showSetup(why: string, found: readonly string[], read: number): Promise<void> {
    const engine = await this.#panel.engine;
    if (engine && read === this.#reads) {
      const options = readOptions(this.#inputs.options);
      const prefix = this.#inputs.replaceVariables(options.prefix ?? '').trim();
      this.#panel.showSetup(
        setupOf(engine, asSentence(why), found, { grouping: options.grouping, prefix })
      );
    }
  }
}

/** Where the runbook is; `{cause}` is no variable of Grafana. */
function runbookOf(
  { runbook = '' }: PhasesOptions,
  replaceVariables: (text: string) => string
): string | undefined {
  const address = replaceVariables(runbook).trim();
  return address === '' ? undefined : address;
}

function queryFailure(text: string): Error {
  const cure = 'the panel inspector (Inspect, Query) shows the request and its answer';
  return Object.assign(new Error(`the query failed: ${text}`), { code: 'query-failed', cure });
}
