import type { Glue } from './glue.js';
import type { Instance } from './instance.js';
import {
  planFromList,
  servingEnginesFromList,
  type FetchRange,
  type HistoryOptions,
  type Plan,
  type PlanOptions,
  type ServingEngine,
} from './plan.js';
import { release } from './release.js';
import { Session } from './session.js';
import { encodeSettings, type PartialSettings } from './settings.js';

/**
 * A loaded engine. One a page; it needs no freeing, its sessions do. What a method throws is an
 * {@link EngineError}.
 */
export interface Engine {
  /** The release of package and wasm module. */
  readonly version: string;
  /** Bytes of wasm memory that all sessions of the page hold together. */
  readonly memoryBytes: number;
  /**
   * A session without data, with default settings. Free it when the panel that shows it goes away.
   */
  createSession(): Session;
  /** The serving engines whose metrics are read; the first is the one to assume. */
  readonly servingEngines: readonly [ServingEngine, ...ServingEngine[]];
  /**
   * The queries that a serving engine's diagnosis needs, e.g. of `vllm`; `bad-settings` for what
   * cannot be asked.
   */
  plan(engine: string, options: PlanOptions): Plan;
  /**
   * The history that a diagnosis of a range with these settings needs; undefined when it needs
   * none.
   */
  historyRange(
    settings: PartialSettings,
    range: FetchRange,
    options?: HistoryOptions,
  ): FetchRange | undefined;
  /**
   * The prefix of a serving engine's metric name, e.g. `ray_vllm_` of
   * `ray_vllm_num_requests_running`.
   */
  prefixOfName(name: string): string | undefined;
}

/** Each name with a line end behind it. */
function linesOf(names: readonly string[] | undefined): string | undefined {
  return names?.map((name) => `${name}\n`).join('');
}

export function createEngine(instance: Instance, glue: Glue): Engine {
  return {
    version: release,
    get memoryBytes() {
      return instance.memoryBytes;
    },
    createSession: () => new Session(instance),
    get servingEngines() {
      return servingEnginesFromList(instance.run(() => glue.engines()));
    },
    plan(
      engine,
      {
        stepMs,
        matchers = '',
        prefix,
        dialect = 'promql',
        grouping = 'replica',
        apart,
        namespaces,
      },
    ) {
      const [instances, places] = [linesOf(apart), linesOf(namespaces)];
      return planFromList(
        instance.run(() =>
          glue.plan(engine, prefix, matchers, stepMs, dialect, grouping, instances, places),
        ),
      );
    },
    historyRange(settings, { start, end, step }, { length, ahead = 0 } = {}) {
      const encoded = encodeSettings(settings);
      const list = instance.run(() => glue.historyRange(encoded, start, end, step, length, ahead));
      if (list === undefined) return undefined;
      const [from = 0, to = 0, distance = 0] = list;
      return { start: from, end: to, step: distance };
    },
    prefixOfName: (name) => instance.run(() => glue.prefixOfName(name)),
  };
}
