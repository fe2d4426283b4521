export type { PanelData, Problem, RangeResponse, TimeWindow } from '@inference-triage/panel';
export { ATTRIBUTES, type AttributeDescription } from './attribute-documentation.js';
export type { AttributeName } from './attributes.js';
export { InferenceTriageElement, type InferenceTriageEventMap } from './element.js';
export { engineSource, setWasmUrl } from './engine-source.js';
export { PROPERTY_PREFIX, THEME_TOKENS } from './theme.js';
export {
  delayBefore,
  parseRetryAfter,
  queryBackOff,
  refreshBackOff,
  type BackOff,
} from './prometheus/back-off.js';
export { PrometheusClient, type ClientOptions } from './prometheus/client.js';
export { systemClock, type Clock } from './prometheus/clock.js';
export { QueryFailure, type FailureKind } from './prometheus/failure.js';
export { fetchPlan, type PlanAnswers, type PlannedFetch } from './prometheus/fetch-plan.js';
export {
  PrometheusFeed,
  type FeedOptions,
  type FeedPlan,
  type FeedResult,
  type FeedTarget,
  type Planner,
} from './prometheus/feed.js';
export { gridUpTo, stepOf, tailOf, type Grid } from './prometheus/grid.js';
export { HistoryFeed, type HistoryRange, type HistoryTarget } from './prometheus/history-feed.js';
export { probe, type Probe } from './prometheus/probe.js';
export {
  RefreshLoop,
  type LoopOptions,
  type RefreshOutcome,
  type Visibility,
} from './prometheus/refresh-loop.js';
export { defineElement, TAG } from './registration.js';
