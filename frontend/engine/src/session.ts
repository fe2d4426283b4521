import { capsuleText } from './capsule.js';
import { EngineError } from './error.js';
import type { Handle } from './glue.js';
import { heatMapFromList, type Colour, type HeatMap, type HeatMapQuery } from './heat-map.js';
import { keep, type KeptInput, type SessionInput } from './input.js';
import type { Instance, Lease } from './instance.js';
import { Redaction, withoutBefore } from './redact.js';
import { encodeSettings, type PartialSettings } from './settings.js';
import type {
  ColumnId,
  Comparison,
  Diagnosis,
  Interval,
  ReplicaVerdicts,
  Report,
  Summary,
  Timeline,
} from './types.generated.js';

/**
 * Bytes of input that one session keeps to rebuild itself: some four million samples of Prometheus
 * JSON, several times what the query plan brings for a day of a fleet. The core accepts more in one
 * load; a tab has to hold the page beside it.
 */
export const keptBytesLimit = 128 * 1024 * 1024;

/**
 * Frees what a forgotten session holds in wasm memory. A safety net: it runs late or, in long work,
 * not at all.
 */
const forgotten = new FinalizationRegistry<{ instance: Instance; lease: Lease }>(
  ({ instance, lease }) => {
    try {
      instance.release(lease);
    } catch {
      // Finalizers have no caller to report to.
    }
  },
);

/**
 * Loaded data with settings; the report is a pure function of the two. What a method throws is an
 * {@link EngineError}.
 */
export class Session {
  readonly #instance: Instance;
  readonly #lease: Lease;
  #inputs: KeptInput[] = [];
  #history: KeptInput | undefined;
  #settings: Uint8Array | undefined;
  #freed = false;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#lease = instance.lease();
    forgotten.register(this, { instance, lease: this.#lease }, this);
  }

  /** Bytes of input kept outside wasm memory. */
  get keptBytes(): number {
    return this.#detailBytes + (this.#history?.bytes ?? 0);
  }

  get #detailBytes(): number {
    return this.#inputs.reduce((sum, input) => sum + input.bytes, 0);
  }

  /**
   * Replaces the data. The input is copied; the caller may empty its arrays at once. A history
   * stays.
   */
  load(input: SessionInput): void {
    const kept = keep(input);
    checkKept(kept.bytes + (this.#history?.bytes ?? 0));
    this.#call((handle) => kept.load(handle));
    this.#inputs = [kept];
  }

  /** Adds the newest part of the same queries; overlapping samples are replaced. */
  append(input: SessionInput): void {
    const kept = keep(input);
    checkKept(this.keptBytes + kept.bytes);
    this.#call((handle) => kept.append(handle));
    this.#inputs.push(kept);
  }

  /**
   * Replaces the history: a longer or an earlier range of the same engines at a coarser step, on
   * which baselines and rows are measured that the data do not hold. The data stay as they are.
   */
  loadHistory(input: SessionInput): void {
    const kept = keep(input);
    checkKept(this.#detailBytes + kept.bytes);
    this.#call((handle) => kept.loadHistory(handle));
    this.#history = kept;
  }

  /** Gives the history up. */
  clearHistory(): void {
    this.#call((handle) => handle.clearHistory());
    this.#history = undefined;
  }

  /** Replaces the settings; takes effect with the next report. */
  configure(settings: PartialSettings): void {
    const encoded = encodeSettings(settings);
    this.#call((handle) => handle.configure(encoded));
    this.#settings = encoded;
  }

  /** Every scope in short, the worst first, and the id of the one that the settings ask for. */
  summary(): Summary {
    return parsed(this.summaryBytes());
  }

  /** The summary as JSON text in UTF-8. */
  summaryBytes(): Uint8Array {
    return this.#call((handle) => handle.summaryBytes());
  }

  /** The diagnosis of one scope, by its id in the summary; throws `bad-settings` without it. */
  diagnosis(scope: number): Diagnosis {
    return parsed(this.diagnosisBytes(scope));
  }

  /** That diagnosis as JSON text in UTF-8. */
  diagnosisBytes(scope: number): Uint8Array {
    return this.#call((handle) => handle.diagnosisBytes(scope));
  }

  /**
   * Every scope in short and the diagnosis of one, by its id; without one, of the scope that the
   * settings ask for.
   */
  report(scope?: number): Report {
    return parsed(this.reportBytes(scope));
  }

  /**
   * The report as JSON text in UTF-8, byte for byte what the command line prints for the same
   * input.
   */
  reportBytes(scope?: number): Uint8Array {
    return this.#call((handle) => handle.reportBytes(scope));
  }

  /**
   * The report as an incident message in Markdown, byte for byte what the command line prints with
   * `--format markdown`.
   */
  markdown(scope?: number): string {
    return this.#call((handle) => handle.markdown(scope));
  }

  /**
   * The verdicts of `most` steps of the range of one scope, from the one with number `first` on.
   * Each costs a diagnosis, so that a page asks for a few at a time.
   */
  timeline(scope: number, first: number, most: number): Timeline {
    return parsed(this.#call((handle) => handle.timelineBytes(scope, first, most)));
  }

  /**
   * The verdicts of `most` replicas of one scope by themselves, from the one with number `first` on,
   * in the order of their keys. Each costs a diagnosis, so that a page asks for a few at a time.
   */
  replicaVerdicts(scope: number, first: number, most: number): ReplicaVerdicts {
    return parsed(this.#call((handle) => handle.replicaVerdictsBytes(scope, first, most)));
  }

  /**
   * The window `after` of a scope judged against the window `before`. Throws `bad-settings` where
   * one does not lie in the data, or where the later one begins before the earlier one ends.
   */
  compare(scope: number, before: Interval, after: Interval): Comparison {
    return parsed(this.#call((handle) => handle.compareBytes(scope, ...ends(before, after))));
  }

  /** That comparison as Markdown, as the command line prints it with `--format markdown`. */
  compareMarkdown(scope: number, before: Interval, after: Interval): string {
    return this.#call((handle) => handle.compareMarkdown(scope, ...ends(before, after)));
  }

  /**
   * A copy of one of the columns that the diagnosis of a scope names, aligned with its `times`; NaN
   * = absent. Undefined when there is none.
   */
  column(scope: number, id: ColumnId): Float64Array | undefined {
    return this.#call((handle) => handle.column(scope, id));
  }

  /**
   * A copy of one of the columns that `history` in the diagnosis of a scope names, aligned with the
   * `times` of the history; NaN = absent. Undefined when there is none.
   */
  historyColumn(scope: number, id: ColumnId): Float64Array | undefined {
    return this.#call((handle) => handle.historyColumn(scope, id));
  }

  /**
   * How the observations of a signal spread over latency and time in one scope; undefined when it
   * has no histogram or nothing was seen.
   */
  heatMap(scope: number, { signal, columns, quantile }: HeatMapQuery): HeatMap | undefined {
    const list = this.#call((handle) => handle.heatMap(scope, signal, columns, quantile));
    return list === undefined ? undefined : heatMapFromList(list);
  }

  /**
   * Paints that heat map over the whole of a canvas, `width` × `height` device pixels: cells the
   * darker the denser, and the interval of the quantile over them. False when there is nothing to
   * paint.
   */
  paintHeatMap(
    context: CanvasRenderingContext2D,
    scope: number,
    { signal, columns, quantile }: HeatMapQuery,
    colours: { cell: Colour; band: Colour },
  ): boolean {
    const { width, height } = context.canvas;
    const bytes = Uint8Array.from([...colours.cell, ...colours.band]);
    return this.#call((handle) =>
      handle.paintHeatMap(context, scope, signal, columns, quantile, width, height, bytes),
    );
  }

  /** Whether the data came as range responses, which a capsule holds. */
  get hasCapsule(): boolean {
    const inputs = this.#history === undefined ? this.#inputs : [...this.#inputs, this.#history];
    return this.#inputs.length > 0 && inputs.every(({ responses }) => responses !== undefined);
  }

  /**
   * Data and settings as an incident capsule, JSON text that the command line opens with the same
   * verdict. With `redact` every name in it is another: of models, pods, nodes, namespaces. Throws
   * `bad-data` for a session whose data came as a batch.
   */
  capsule(settings: PartialSettings, { redact = false } = {}): string {
    if (!this.hasCapsule)
      throw new EngineError('bad-data', 'only range responses can be saved as a capsule');
    const redaction = redact ? new Redaction() : undefined;
    // Appending lets go what is older than the range that was loaded first.
    const start = this.#inputs.length > 1 ? this.column(0, 'times')?.[0] : undefined;
    const texts = (inputs: readonly KeptInput[], from?: number): string[] => {
      const all = inputs.flatMap(({ responses = [] }) => responses);
      return all.map((bytes) => {
        const sent = new TextDecoder().decode(bytes);
        const kept = from === undefined ? sent : withoutBefore(sent, from);
        return redaction ? redaction.response(kept) : kept;
      });
    };
    const { scope, ...rest } = settings;
    const named = (name: string | undefined): string | undefined =>
      name === undefined ? undefined : redaction?.name(name);
    const other = redaction && scope?.model !== undefined && { model: named(scope.model) };
    return capsuleText({
      settings: redaction ? { ...rest, ...(other && { scope: other }) } : settings,
      responses: texts(this.#inputs, start),
      history: this.#history === undefined ? [] : texts([this.#history]),
    });
  }

  /**
   * Gives the memory back. Afterwards every other method throws `freed`; a second time it does
   * nothing.
   */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#inputs = [];
    this.#history = undefined;
    forgotten.unregister(this);
    this.#instance.release(this.#lease);
  }

  #call<T>(call: (handle: Handle) => T): T {
    if (this.#freed) throw new EngineError('freed', 'the session was freed; create a new one');
    if (this.#lease.generation !== this.#instance.generation) this.#rebuild();
    return this.#with(call);
  }

  #with<T>(call: (handle: Handle) => T): T {
    return this.#instance.run(() => call(this.#lease.handle as Handle));
  }

  /**
   * Loads everything again after the instance was replaced. What fails here is given up, so that it
   * cannot trap again.
   */
  #rebuild(): void {
    const inputs = this.#inputs;
    const history = this.#history;
    const settings = this.#settings;
    this.#inputs = [];
    this.#history = undefined;
    this.#settings = undefined;
    this.#instance.renew(this.#lease);
    try {
      // Settings first: data whose names carry a prefix of their own are refused without it.
      if (settings) this.#with((handle) => handle.configure(settings));
      const [first, ...later] = inputs;
      if (first) this.#with((handle) => first.load(handle));
      for (const input of later) this.#with((handle) => input.append(handle));
      if (history) this.#with((handle) => history.loadHistory(handle));
    } catch (cause) {
      this.#instance.abandon(this.#lease);
      const advice = 'load and configure it again';
      throw new EngineError(
        'trap',
        `the engine stopped, and this session could not be rebuilt; ${advice}`,
        { cause },
      );
    }
    this.#inputs = inputs;
    this.#history = history;
    this.#settings = settings;
  }
}

function ends(before: Interval, after: Interval): [Float64Array, Float64Array] {
  const both = ({ start, end }: Interval): Float64Array => Float64Array.of(start, end);
  return [both(before), both(after)];
}

function parsed<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

function checkKept(bytes: number): void {
  if (bytes <= keptBytesLimit) return;
  const megabytes = (value: number): string => `${Math.round(value / 1024 / 1024)} MiB`;
  throw new EngineError(
    'kept-too-large',
    `a session keeps at most ${megabytes(keptBytesLimit)} of input, this would be ${megabytes(bytes)}; ` +
      'load the range afresh instead of appending, or query fewer series or a longer step',
  );
}
