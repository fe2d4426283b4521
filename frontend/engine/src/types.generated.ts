// Generated from the Rust types of core/ by `npm run gen`. Change those, not this file.

/** What to do first, what it will do, and what not to do. */
export type Action = {
  /** Stable id, e.g. `raise-max-num-seqs`. */
  id: ActionId;
  /** The first step as one sentence, in the words of the engine. */
  sentence: string;
  /** The expected effect, with numbers where they are known. */
  effect: string;
  /** Ids of actions that look right and are not. */
  avoid: Array<ActionId>;
  /** One sentence for each entry of `avoid`, in the same order. */
  avoid_because: Array<string>;
  /** The steps in order; the first repeats `sentence`. */
  steps: Array<ActionStep>;
};

/** An action. */
export type ActionId = "repair-telemetry" | "inspect-device" | "inspect-replica" | "inspect-front-end" | "inspect-errors" | "inspect-transfer" | "inspect-encoder" | "inspect-grammars" | "inspect-gateway" | "wake-engine" | "restart-engine" | "change-routing" | "shorten-prompts" | "restore-prefix-cache" | "limit-outputs" | "raise-max-num-seqs" | "raise-queue-limit" | "raise-max-loras" | "raise-token-budget" | "raise-kv-memory" | "disable-speculation" | "shed-load" | "add-replicas" | "remove-replicas" | "move-replicas" | "lower-max-num-seqs" | "lower-kv-memory" | "scale-out-first" | "act-on-latency";

/** One step of the runbook. */
export type ActionStep = {
  /** What to do, one sentence. */
  sentence: string;
  /** Text worth copying (a flag, a query). */
  copy?: string;
  /** What that text is, e.g. `PromQL` or `flag`. */
  copy_kind?: string;
};

/** The share of requests, or of the outputs between which a latency lies, that met an objective. */
export type Attained = {
  /** Least share in the window, 0–1; guaranteed. */
  lo: number;
  /** Greatest share in the window, 0–1; guaranteed. */
  hi: number;
  /**
   * Both ends widened to what is compatible, at 95 %, with the service behind the window; absent
   * without a number of independent requests.
   */
  sample?: [number, number];
  /** Observations in the window: requests, or outputs for the time between them. */
  count: number;
  /** Requests behind them; absent where not measured. */
  requests?: number;
  /**
   * The bucket bound nearest to the target, seconds, and the exact share within it; only where
   * the target lies inside a bucket.
   */
  nearest_bound?: [number, number];
  /**
   * Least and greatest share of what may miss the target that did miss it; above 1 it is
   * overspent.
   */
  spent: [number, number];
};

/** Share of requests within a target. */
export type Attainment = {
  /** The target in the signal's unit. */
  target: number;
  /** Least share of requests at or below the target. */
  lo: number;
  /** Greatest share of requests at or below the target. */
  hi: number;
  /** The target is a bucket bound, so `lo` equals `hi`. */
  exact: boolean;
};

/** What the window is compared with. */
export type Baseline = {
  /** First grid time; absent when there is no baseline. */
  start?: number;
  /** Last grid time; absent when there is no baseline. */
  end?: number;
  /** How it was chosen. */
  source: BaselineSource;
  /** Requests that finished in the baseline. */
  finished_requests?: number;
};

/** How the baseline is chosen. */
export type BaselineMode = "auto" | "range" | "offset" | "none";

/** What to compare the window with. */
export type BaselineSettings = {
  /** What the window is compared with. */
  mode: BaselineMode;
  /** Start of the interval to compare with; without it everything outside the window. */
  start?: number;
  /** End of the interval to compare with. */
  end?: number;
  /** How much earlier than the window; the data must reach back that far. */
  offset: number;
};

/** How the baseline was chosen. */
export type BaselineSource = "auto" | "drift" | "range" | "earlier" | "offset" | "given" | "none";

/** Whether a number is guaranteed by the data or estimated from them. */
export type Basis = "exact" | "estimated";

/** The objective whose budget of the window is spent most, and what spent it. */
export type Budget = {
  /** Which objective. */
  signal: SignalId;
  /** One sentence with the numbers. */
  sentence: string;
  /**
   * Parts of the time beyond baseline and budget in the phases of this objective, over the
   * window, the largest first; empty where there is none.
   */
  spenders: Array<Spender>;
};

/** A cause that could not be told. */
export type Candidate = {
  /** Which one. */
  id: CauseId;
  /** What it lacks, one clause. */
  lacks: string;
  /** How to get it, one sentence. */
  how: string;
  /** Causes that it would be told from. */
  decides: Array<CauseId>;
};

/** A verdict. */
export type CauseId = "admission-rejected" | "cannot-tell" | "client-aborts" | "config-drift" | "engine-asleep" | "engine-errors" | "engine-hang" | "front-end" | "grammar-stall" | "head-of-line" | "healthy" | "host-bound" | "kv-admission" | "kv-thrash" | "kv-transfer-stall" | "load-above-capacity" | "long-context" | "long-prompts" | "lora-churn" | "low-traffic" | "multimodal-encoder" | "over-provisioned" | "prefill-decode-imbalance" | "prefill-decode-interference" | "prefix-cache-collapse" | "replica-starting" | "restart-loop" | "routing-imbalance" | "runaway-outputs" | "sick-replica" | "slot-cap" | "slow-decode" | "speculation-not-paying" | "telemetry-fault" | "token-budget";

/** The kind of a caveat. */
export type CaveatId = "bad-bucket-bound" | "batch-too-large" | "counted-twice" | "counted-in-both-pools" | "contested-series" | "counter-reset" | "counts-differ" | "decode-differs" | "duplicate-bounds" | "duplicate-prefix" | "duplicate-samples" | "duplicate-series" | "engine-defect" | "extrapolated" | "fractional-counts" | "gap" | "impossible-order" | "inconsistent-sum" | "members-changed" | "missing-bucket" | "mixed-buckets" | "nan-observations" | "negative-counter" | "non-monotone" | "not-a-ratio" | "not-finite" | "outside-bounds" | "partial-answer" | "parts-exceed-whole" | "population-lag" | "query-failed" | "rates-as-counters" | "renamed" | "router-duplicate" | "scraped-twice" | "server-info" | "server-warning" | "shared-target" | "several-tokens-an-output" | "spoilt-sample" | "stale-page" | "started-from-zero" | "sum-fell" | "sums-differ" | "swapped-times" | "torn-scrape" | "unusable-bucket" | "unusable-sum" | "wrong-unit";

/** One caveat, counted. */
export type CaveatReport = {
  /** Stable id, e.g. `population-lag`. */
  id: CaveatId;
  /** One sentence. */
  text: string;
  /** How often it happened. */
  count: number;
};

/** A long column that `Session::column` returns as a copy, aligned with the column `times`. */
export type ColumnDescription = {
  /** Name to ask for, e.g. `phase.queue`. */
  id: ColumnId;
  /** Name for people. */
  title: string;
  /** Unit of its values; `ms` (Unix) for `times`. */
  unit: string;
  /** The strip that draws it: `phases`, `scheduler`, `kv`, `throughput`, or empty for `times`. */
  strip: string;
};

/** A column with one value for each grid time. */
export type ColumnId = "times" | "phase.front_end" | "phase.queue" | "phase.prefill" | "phase.decode" | "running" | "waiting" | "kv_usage" | "generation_tokens_per_s" | "prompt_tokens_per_s";

/** How a value is compared with its threshold. */
export type Compare = ">" | ">=" | "<=";

/** Two windows of one scope. */
export type Comparison = {
  /** Id of the scope. */
  scope: number;
  /** The earlier one. */
  before: Window;
  /** The one that is judged against it. */
  after: Window;
  /** All rows in one word. */
  outcome: Outcome;
  /** In the order of `Subject`. */
  rows: Array<ComparisonRow>;
};

/** One thing that is compared. */
export type ComparisonRow = {
  /** What it is about. */
  subject: Subject;
  /** Id of the phase, factor or signal; `verdict` for the verdict. */
  id: string;
  /** Name for people. */
  title: string;
  /** `s`, `tokens`, `requests/s`; empty for the verdict. */
  unit: string;
  /**
   * In the earlier window: a number, or the upper end of a quantile's interval; absent where
   * nothing was measured or nothing bounds it.
   */
  before?: number;
  /** In the later window. */
  after?: number;
  /** The answer. */
  outcome: Outcome;
  /** Why, one phrase. */
  because: string;
};

/** Why the word for a confidence is lower than its number. */
export type ConfidenceCap = "grade" | "missing-signal";

/** The simulated cases behind a confidence. */
export type ConfidenceSource = {
  /** Such cases in which the verdict was right. */
  right: number;
  /** All such cases, at least 1. */
  of: number;
  /** How much supports the verdict. */
  support: Support;
  /** Why the word is lower than the number; absent when it is not. */
  capped_by?: ConfidenceCap;
  /** Word, cap and cases as one phrase. */
  text: string;
};

/** The words for a confidence, the highest first. */
export type ConfidenceWord = "certain" | "likely" | "possible" | "uncertain" | "uncalibrated";

/** In what a replica stands out among its peers. */
export type Deviation = "silent" | "restarted" | "configuration" | "speed" | "failures" | "load" | "prefix-cache";

/** A complete diagnosis of one scope (one model on one engine) over one window. */
export type Diagnosis = {
  /** Always `SCHEMA`. */
  schema: number;
  /** Id of the scope. */
  scope: number;
  /** All of the loaded data, before a window is chosen. */
  range: Span;
  /** The interval that is diagnosed. */
  window: Window;
  /** What the window is compared with. */
  baseline: Baseline;
  /** The one answer. */
  verdict: Verdict;
  /** Every cause's answer: the primary one first, then those that hold, then the rest. */
  findings: Array<Finding>;
  /** What changed against the baseline, as factors that multiply; empty without a baseline. */
  ledger: Array<LedgerEntry>;
  /** What was promised of the requests, and how much of it was kept. */
  objectives: Objectives;
  /** Every replica beside the others; absent where the data tell fewer than two apart. */
  fleet?: Fleet;
  /** Where the mean request spent its time; absent when no request finished. */
  phases?: Phases;
  /** The row of the triage matrix that the window matches. */
  pattern: Pattern;
  /** Measurements by signal name, in reading order. */
  signals: Partial<Record<SignalId, SignalReport>>;
  /** Limits of the live engine. */
  limits: Array<Limit>;
  /** How far the data can be trusted. */
  quality: Quality;
  /** Long columns that `Session::column` can return for this scope. */
  columns: Array<ColumnDescription>;
  /** What the history holds of this scope; absent when none is loaded, or none of this scope. */
  history?: History;
};

/** The engine behind a scope. */
export type EngineSummary = {
  /** Profile id, e.g. `vllm`. */
  profile: string;
  /**
   * The releases that export this set of families, e.g. `>=0.24`; absent when nothing narrows
   * it.
   */
  version_hint?: string;
  /** The prefix of the metric names, e.g. `vllm:`. */
  prefix: string;
};

/** One number against one threshold. */
export type Evidence = {
  /** Signal name, or the name of a limit. */
  signal: SignalId;
  /** The whole observation as one sentence for people. */
  text: string;
  /** The value in `unit`. */
  value: number;
  /** Lower bound of the value. */
  lo: number;
  /** Upper bound of the value; absent when unbounded. */
  hi?: number;
  /** Unit of all four numbers. */
  unit: string;
  /** `>`, `>=`, `<`, `<=` or `=`. */
  compare: Compare;
  /** What it is compared with. */
  threshold: number;
  /** Where the threshold comes from. */
  threshold_source: ThresholdSource;
  /** Distance of the value to the threshold, positive when the comparison holds. */
  margin: number;
  /** Whether it speaks for the finding. */
  supports: boolean;
};

/** A factor of the utilisation. */
export type FactorId = "arrivals" | "output-tokens" | "prompt-tokens" | "prefill-cost" | "step-time";

/** One rule's answer. */
export type Finding = {
  /** Rule id. */
  id: CauseId;
  /** The condition the rule looks for, one sentence. */
  condition: string;
  /** The answer. */
  state: State;
  /** Why this answer, one sentence with numbers. */
  reason: string;
  /** That of the verdict, for the finding that gave it; absent for every other. */
  confidence?: number;
  /** The numbers it rests on. */
  evidence: Array<Evidence>;
  /** Neighbouring diagnoses and what excludes each. */
  rules_out: Array<RuledOut>;
  /** Signals it needs or could use that the data do not hold. */
  missing: Array<SignalId>;
  /** Replicas it applies to. */
  replicas: Array<string>;
  /** Caveat texts that touch its numbers. */
  caveats: Array<string>;
};

/** Every replica of a scope over the window, whichever the diagnosis looks at. */
export type Fleet = {
  /** Who stands out and why, or how alike they are, one or two sentences. */
  sentence: string;
  /** What tells some of them from others; what all have in common is left out. */
  groupings: Array<Grouping>;
  /** Those that the verdict names first, then those that stand out, then by what waits. */
  rows: Array<FleetRow>;
};

/** In what a replica stands out. */
export type FleetDeviation = {
  /** In what. */
  kind: Deviation;
  /** How far, one clause without the replica's name. */
  text: string;
};

/** A figure of one replica in the window. */
export type FleetFigure = "arrivals" | "arrival_share" | "running" | "running_most" | "slots" | "waiting" | "waiting_most" | "kv_usage" | "kv_usage_most" | "kv_capacity" | "ttft" | "itl" | "slowness_least" | "slowness_most" | "prefix_hit_ratio" | "failed" | "starts";

/** One replica. */
export type FleetRow = {
  /** Its key, `<pod or instance>/<engine rank>`. */
  replica: string;
  /** The verdict names it. */
  is_named: boolean;
  /** What its labels and the scheduler say of it. */
  groups: Partial<Record<Grouping, string>>;
  /** What was measured; in reading order. */
  figures: Partial<Record<FleetFigure, number>>;
  /** In what it stands out among its peers; absent where it does not. */
  deviation?: FleetDeviation;
};

/** A number near its line. */
export type Flip = {
  /** What was measured. */
  signal: SignalId;
  /** The value now, in the signal's unit. */
  from: number;
  /** The value at which the finding no longer holds. */
  to: number;
};

/** Data-quality grade. It caps the confidence word: C at likely, D at possible. */
export type Grade = "A" | "B" | "C" | "D";

/** What replicas can be grouped by. */
export type Grouping = "role" | "version" | "zone" | "node" | "namespace" | "local_queue";

/** A longer or an earlier range of one scope, at a coarser step than what is diagnosed. */
export type History = {
  /** All of the loaded history. */
  range: Span;
  /** Long columns that `Session::history_column` can return for this scope. */
  columns: Array<ColumnDescription>;
};

/** Who is hurt, and how much. */
export type Impact = {
  /** Objectives with the share of requests that miss each. */
  objectives: Array<ObjectiveImpact>;
  /**
   * Seconds of the mean request beyond what they were and what they may be; absent without
   * finished requests.
   */
  excess_seconds?: number;
  /**
   * Requests that began and did not end; absent where they are no more than an objective may
   * miss.
   */
  lost_requests?: number;
  /** Where the queue is going. */
  trend: Trend;
};

/** A closed interval, Unix milliseconds. */
export type Interval = {
  /** Start. */
  start: number;
  /** End, after the start. */
  end: number;
};

/** All objectives of one request at once, by the bounds of Fréchet. */
export type Joint = {
  /** The objectives, at least two. */
  signals: Array<SignalId>;
  /** Least share of requests, 0–1. */
  lo: number;
  /** Greatest share of requests, 0–1. */
  hi: number;
};

/** Whether an objective was kept in a window. */
export type Kept = "met" | "missed" | "unknown";

/** One factor of what changed. */
export type LedgerEntry = {
  /** Which factor. */
  factor: FactorId;
  /** Name for people. */
  title: string;
  /** `s`, `tokens` or `requests/s`. */
  unit: string;
  /** In the baseline. */
  before: number;
  /** In the window. */
  now: number;
  /** `now / before`. */
  ratio: number;
  /**
   * Share of the added time that the factor owns, 0–1; absent when less than a millisecond was
   * added.
   */
  share?: number;
};

/** Level of a signal against its threshold. */
export type Level = "high" | "low" | "normal" | "unknown";

/** A limit of the live engine beside its use. */
export type Limit = {
  /** Which one. */
  name: LimitId;
  /** The limit, in `unit`. */
  value: number;
  /** `sequences` or `tokens`. */
  unit: string;
  /** Where it comes from. */
  provenance: Provenance;
  /** How it was found, one sentence. */
  text: string;
  /** The replica it belongs to; absent when all replicas agree. */
  replica?: string;
  /** Since when it has been binding, Unix milliseconds. */
  since?: number;
  /** What is used of it, in the same unit. */
  usage?: number;
  /** `usage / value`, at most 1. */
  usage_share?: number;
};

/** A limit of the live engine. */
export type LimitId = "max_num_seqs" | "kv_capacity_tokens" | "max_model_len" | "kv_worst_case_concurrency";

/**
 * One native histogram: cumulative since the start for a counter, growth for increments and rates.
 *
 * Read from numbers or from text of numbers, because JSON has no infinity.
 */
export type NativeHistogram = {
  /** Number of observations; absent: the sum of the buckets. */
  count?: number;
  /** Sum of the observations; absent where the source does not give it. */
  sum?: number;
  /**
   * Non-empty buckets as `[boundary rule, lower bound, upper bound, count]`, the rule as in
   * Prometheus's HTTP API. Bounds are taken as they are, an infinite upper bound as `+Inf`.
   */
  buckets: Array<[number, number, number, number]>;
};

/** One series of native histograms. */
export type NativeSeries = {
  /** Labels, `__name__` (without `_bucket`) among them where the host keeps it. */
  labels: { [key in string]: string };
  /** What the series is, e.g. `queue_time`; overrides name and label `triage_role`. */
  role?: string;
  /** The query text it came from; the last resort for finding its role. */
  query?: string;
  /** How to read the counts; absent: from the role. */
  kind?: SeriesKind;
  /** Window of an increment, rate or increase in milliseconds. */
  window_ms?: number;
  /** Unix milliseconds of the histograms. */
  times: Array<number>;
  /** One histogram a time; what has no time beside it is left out. */
  histograms: Array<NativeHistogram>;
};

/** A message that goes with the data. */
export type Notice = {
  /** How bad it is. */
  level: NoticeLevel;
  /** The message as received. */
  text: string;
  /** The query it belongs to. */
  query?: string;
};

/** Level of a `Notice`. */
export type NoticeLevel = "info" | "warning" | "error";

/** One objective. */
export type Objective = {
  /** What it is about; `lost_requests`: failed and lost requests. */
  signal: SignalId;
  /** Its target, seconds; absent for failed and lost requests. */
  target?: number;
  /** The user set the target; else it is the default of the kind of service. */
  given: boolean;
  /** Whether it was kept. */
  kept: Kept;
  /** What it was judged by, or why it was not, one clause; may be empty. */
  reason: string;
  /** The share of requests that met it; absent where that is not measured. */
  attained?: Attained;
};

/** One objective. */
export type ObjectiveImpact = {
  /** Which signal. */
  signal: SignalId;
  /** Its target, seconds. */
  target: number;
  /** Least and greatest share of requests that miss it, 0–1. */
  missing: [number, number];
};

/** What was promised of the requests of the window, and how much of it was kept. */
export type Objectives = {
  /** Share of the requests that must meet each target, in (0, 1). */
  quantile: number;
  /** Every objective, those without data too. */
  rows: Array<Objective>;
  /**
   * All objectives of one request at once; absent with fewer than two, or where the objectives
   * count too many different requests.
   */
  joint?: Joint;
  /** What was spent most; absent where nothing is measured. */
  budget?: Budget;
};

/** What the second window says against the first. */
export type Outcome = "pass" | "fail" | "inconclusive";

/** The matched row of the triage matrix. */
export type Pattern = {
  /** Level of time to first token. */
  ttft: Level;
  /** Level of queue time. */
  queue: Level;
  /** Level of inter-token latency. */
  itl: Level;
  /** Where to look, one phrase. */
  direction: string;
};

/** A phase of a request, in the order of time. */
export type Phase = "front_end" | "queue" | "remote_kv" | "prefill" | "decode" | "preemption";

/** One phase. */
export type PhasePart = {
  /** Which one. */
  phase: Phase;
  /** Exact from sums and counts, or estimated. */
  basis: Basis;
  /** The phase that contains this one. */
  part_of?: Phase;
  /** Mean seconds per finished request. */
  seconds: number;
  /** Share of the mean end-to-end latency, 0–1. */
  share: number;
  /** Mean seconds in the baseline. */
  baseline_seconds?: number;
  /** `seconds − baseline_seconds`. */
  delta?: number;
  /** The part of `delta` that comes from more or fewer tokens; only where a token driver exists. */
  delta_workload?: number;
  /** The part of `delta` that comes from more or less time per token. */
  delta_service?: number;
};

/** Mean end-to-end time of the requests that finished in the window, by phase. */
export type Phases = {
  /** Requests that finished in the window. */
  finished: number;
  /** Mean end-to-end latency, seconds. */
  mean_e2e: number;
  /** Mean end-to-end latency of the baseline, seconds. */
  baseline_mean_e2e?: number;
  /** The parts in the order of time. Those without `part_of` add up to `mean_e2e`. */
  parts: Array<PhasePart>;
};

/** Where a limit comes from. */
export type Provenance = "exported" | "inferred" | "given";

/** How far the data can be trusted. */
export type Quality = {
  /** A (nothing repaired) to D. */
  grade: Grade;
  /** What was repaired or assumed. */
  caveats: Array<CaveatReport>;
};

/**
 * One quantile: PromQL's point, the interval that holds the sample's quantile, and how much it
 * says.
 */
export type QuantileReport = {
  /** The quantile, in [0, 1]. */
  q: number;
  /** What PromQL's `histogram_quantile` prints; absent where it prints NaN. */
  point?: number;
  /** Lower end of the interval that holds the sample quantile. */
  lo: number;
  /** Upper end; absent when it lies in the open last bucket and the sum does not bound it. */
  hi?: number;
  /** The quantile lies strictly above `lo` (a bucket is open at its lower bound). */
  lo_excluded: boolean;
  /** `exact` when the interval is guaranteed. */
  basis: Basis;
  /** An upper end from the order between sibling metrics of different populations; an estimate. */
  order_hi?: number;
  /** PromQL's point lies outside [lo, hi]. */
  outside_bounds: boolean;
  /** Lower end of the 95 % interval for the process behind the sample. */
  sample_lo?: number;
  /** Upper end of that interval; absent when unbounded. */
  sample_hi?: number;
  /** PromQL's point carries no information about the data, or contradicts a sibling metric. */
  artefact: boolean;
  /** Why, one phrase; absent unless `artefact`. */
  artefact_reason?: string;
  /** The quantile lies in the first or in the open last bucket. */
  unresolved: boolean;
};

/** What a diagnosis of one replica alone says, over the same window and against its own history. */
export type ReplicaVerdict = {
  /** Its key. */
  replica: string;
  /** Which cause. */
  id: CauseId;
  /** How bad it is. */
  severity: Severity;
  /** The verdict, one sentence. */
  sentence: string;
};

/** Verdicts of some replicas of a scope. */
export type ReplicaVerdicts = {
  /** Replicas that there are. */
  all: number;
  /** Those that were asked for, in the order of their keys. */
  verdicts: Array<ReplicaVerdict>;
};

/** What a command line prints and a host saves: every scope in short, and the diagnosis of one. */
export type Report = {
  /** Every scope found in the input, the worst first. */
  scopes: Array<ScopeSummary>;
  /** Always `SCHEMA`. */
  schema: number;
  /** Id of the scope. */
  scope: number;
  /** All of the loaded data, before a window is chosen. */
  range: Span;
  /** The interval that is diagnosed. */
  window: Window;
  /** What the window is compared with. */
  baseline: Baseline;
  /** The one answer. */
  verdict: Verdict;
  /** Every cause's answer: the primary one first, then those that hold, then the rest. */
  findings: Array<Finding>;
  /** What changed against the baseline, as factors that multiply; empty without a baseline. */
  ledger: Array<LedgerEntry>;
  /** What was promised of the requests, and how much of it was kept. */
  objectives: Objectives;
  /** Every replica beside the others; absent where the data tell fewer than two apart. */
  fleet?: Fleet;
  /** Where the mean request spent its time; absent when no request finished. */
  phases?: Phases;
  /** The row of the triage matrix that the window matches. */
  pattern: Pattern;
  /** Measurements by signal name, in reading order. */
  signals: Partial<Record<SignalId, SignalReport>>;
  /** Limits of the live engine. */
  limits: Array<Limit>;
  /** How far the data can be trusted. */
  quality: Quality;
  /** Long columns that `Session::column` can return for this scope. */
  columns: Array<ColumnDescription>;
  /** What the history holds of this scope; absent when none is loaded, or none of this scope. */
  history?: History;
};

/** A diagnosis that the numbers exclude. */
export type RuledOut = {
  /** Rule id of the rival. */
  id: CauseId;
  /** The numbers that exclude it. */
  because: string;
};

/**
 * Query results as columns. `NaN` in `values` marks an absent sample; that is the one absent
 * marker.
 */
export type SampleBatch = {
  /**
   * Unix milliseconds; each series refers to an ascending run of them. Runs are shared between
   * series.
   */
  times: Float64Array;
  /** Sample values; `NaN` = absent. */
  values: Float64Array;
  /** One entry a series. */
  series: Array<SeriesDescription>;
  /** Series of native histograms. */
  native?: Array<NativeSeries>;
  /** Messages of the server or of the host that go with the data. */
  notices: Array<Notice>;
  /**
   * Samples that the source gave as NaN, infinite or beyond `LARGEST_VALUE`; they are absent
   * from `values` and become a caveat.
   */
  not_finite: number;
};

/** Which part of the input to show. */
export type ScopeSettings = {
  /** The model to show; without it the one that is worst off. */
  model?: string;
  /** The replica to show, as the report names it, e.g. pod-0/0; without it all of them. */
  replica?: string;
};

/** One scope of the input, for a switch between scopes. */
export type ScopeSummary = {
  /**
   * What to ask for it by. It stays the same as long as the same engines and models are loaded,
   * whatever the settings.
   */
  id: number;
  /** The engine that exported the series. */
  engine: EngineSummary;
  /** The served model's name; empty when the series carry none. */
  model: string;
  /** Replica keys, `<pod or instance>/<engine rank>`, sorted. */
  replicas: Array<string>;
  /** The verdict of this scope over the same window. */
  verdict_id: CauseId;
  /** How bad it is. */
  severity: Severity;
  /** Who is hurt, and how much. */
  impact: Impact;
};

/** A part of the view. */
export type Section = "verdict" | "phases" | "evidence" | "strips" | "heatmap" | "objectives" | "matrix" | "fleet";

/** One series of a `SampleBatch`. */
export type SeriesDescription = {
  /** Labels, `__name__` among them where the host keeps it. */
  labels: { [key in string]: string };
  /** What the series is, e.g. `queue_time_bucket`; overrides name and label `triage_role`. */
  role?: string;
  /** The query text it came from; the last resort for finding its role. */
  query?: string;
  /** How to read the values; absent: from the role. */
  kind?: SeriesKind;
  /** Window of an increment, rate or increase in milliseconds. */
  window_ms?: number;
  /** Index into `times` of the first sample's time. */
  grid: number;
  /** Index into `values` of the first sample. */
  offset: number;
  /** Number of samples. */
  length: number;
};

/** How the values of a series are to be read. */
export type SeriesKind = "counter" | "gauge" | "total" | "increment" | "rate" | "increase";

/** Everything a user can choose. Unknown fields are refused; every field has a default. */
export type Settings = {
  /** Version of this shape, `SCHEMA`. */
  schema: number;
  /** What to compare with. */
  baseline: BaselineSettings;
  /** Objectives. */
  slo: Slo;
  /** Which model and replica to show. */
  scope: ScopeSettings;
  /** The interval to diagnose; without it the last tenth of the range, at least 5 min. */
  window?: Interval;
  /** Metric name prefix, where relabelling changed it. */
  prefix?: string;
  /** Limits of the engine that its metrics do not show. */
  limits: { [key in string]: number };
  /** Numbers that replace the defaults by which the checks decide. */
  thresholds: { [key in string]: number };
  /** Quantiles to report; the judged one is always among them. */
  quantiles: Array<number>;
  /** Parts of the view to show, in order. */
  sections: Array<Section>;
  /** How large the panel is drawn; what no longer fits is one tap away. */
  text_size: TextSize;
};

/** How bad the primary verdict is. */
export type Severity = "ok" | "info" | "unknown" | "warning" | "critical";

/** A measurement of the report. */
export type SignalId = "ttft" | "queue_time" | "prefill_time" | "itl" | "tpot" | "e2e" | "decode_time" | "inference_time" | "front_end_time" | "front_end_ttft" | "running" | "waiting" | "waiting_deferred" | "kv_usage" | "preemptions" | "prefix_hit_ratio" | "requests_per_s" | "prompt_tokens_per_s" | "generation_tokens_per_s" | "prompt_tokens_per_request" | "computed_prompt_tokens_per_request" | "generation_tokens_per_request" | "mean_batch" | "lost_requests" | "rejections_per_s";

/** One measurement over the window. */
export type SignalReport = {
  /** Name for people, e.g. `Time to first token`. */
  title: string;
  /** `s`, `ratio`, `requests`, `tokens`, `tokens/s`, `requests/s` or `sequences`. */
  unit: string;
  /** Observations in the window; absent for gauges and rates. */
  count?: number;
  /** Mean: exact for histograms, over samples for gauges, over the window for rates. */
  mean?: number;
  /** Smallest sample; gauges only. */
  min?: number;
  /** Largest sample; gauges only. */
  max?: number;
  /** Newest sample; gauges only. */
  last?: number;
  /** Mean over the baseline. */
  baseline_mean?: number;
  /** Judgement against the objective, the baseline or a limit. */
  level: Level;
  /** What it was judged against and by how far, one sentence. */
  level_reason: string;
  /** Quantiles asked for in the settings; empty for anything but histograms. */
  quantiles: Array<QuantileReport>;
  /** The same quantiles over the baseline. */
  baseline_quantiles: Array<QuantileReport>;
  /** Share of requests within the target. */
  attainment?: Attainment;
};

/** Objectives. */
export type Slo = {
  /** Sets the latency targets; each can be replaced. */
  profile: SloProfile;
  /** Targets in seconds that replace those of the kind of service. */
  targets: { [key in string]: number };
  /** The quantile that must meet its target. */
  quantile: number;
};

/**
 * Default targets by kind of service. Sources: the published vLLM incident (chat) and common
 * practice for the rest.
 */
export type SloProfile = "chat" | "code-completion" | "batch" | "rag" | "agent";

/** A closed interval of time with its sample spacing, Unix milliseconds. */
export type Span = {
  /** First grid time. */
  start: number;
  /** Last grid time. */
  end: number;
  /** Median distance of neighbouring grid times; 0 with fewer than two. */
  step: number;
};

/** A part of the time in excess. */
export type Spender = {
  /** Where it was spent. */
  phase: Phase;
  /** The cause that explains it; absent where none does. */
  cause?: CauseId;
  /** Share of the time in excess, 0–1. */
  share: number;
};

/** Three answers of a rule. */
export type State = "firing" | "clear" | "unknown";

/** The verdict of one step. */
export type StepVerdict = {
  /** First sample of the window that was judged, Unix milliseconds. */
  from: number;
  /** Which cause. */
  id: CauseId;
  /** How bad it is. */
  severity: Severity;
};

/** What a row of a comparison is about. */
export type Subject = "verdict" | "workload" | "cost" | "phase" | "latency";

/** Every scope of the input in short. */
export type Summary = {
  /** Always `SCHEMA`. */
  schema: number;
  /** Every scope found in the input, the worst first. */
  scopes: Array<ScopeSummary>;
  /** Id of the scope that the settings ask for, else of the worst one. */
  scope: number;
};

/** How much supports a verdict, from the least. */
export type Support = "weak" | "strong";

/** From how far the view is read. */
export type TextSize = "normal" | "large" | "wall";

/** Where a threshold comes from. */
export type ThresholdSource = "slo" | "baseline" | "limit" | "constant";

/** Some of the steps of a range. */
export type Timeline = {
  /** Length of a step, milliseconds. */
  step: number;
  /** Length of what is judged at the end of each step, milliseconds; at least a step. */
  window: number;
  /** Steps of the whole range. */
  all: number;
  /** Those that were asked for, in time order. */
  steps: Array<TimelineStep>;
};

/** One step. */
export type TimelineStep = {
  /** Last sample before the step, Unix milliseconds. */
  start: number;
  /** Last sample of the step, which ends its window too, Unix milliseconds. */
  end: number;
  /** What a diagnosis of its window says; absent where the data do not reach back a whole window. */
  verdict?: StepVerdict;
};

/** Where the queue is going within the window. */
export type Trend = "growing" | "steady" | "recovering" | "unknown";

/** The one answer. */
export type Verdict = {
  /** Rule id. */
  id: CauseId;
  /** The rule's answer; `clear` for `healthy`, `unknown` for `cannot-tell`. */
  state: State;
  /** How bad it is. */
  severity: Severity;
  /** One sentence with this case's numbers. */
  sentence: string;
  /** Two or three sentences that a sceptical reader asks for next. */
  detail: string;
  /**
   * What the layers around the engine say and no cause claims, a sentence each: replicas that
   * are wanted and not there, a processor quota that ran out, a gateway that queues.
   */
  beside?: Array<string>;
  /**
   * Probability that it is right, from simulated cases with known truth; absent for
   * `cannot-tell` and where no such case was simulated.
   */
  confidence?: number;
  /** The word for it, capped by the data-quality grade and by missing signals. */
  confidence_word: ConfidenceWord;
  /** The cases that the probability comes from; absent where it is. */
  confidence_source?: ConfidenceSource;
  /** When the condition began, Unix milliseconds; absent when the data do not show a beginning. */
  since?: number;
  /** What to do; absent for `healthy` and `cannot-tell`. */
  action?: Action;
  /** Who is hurt, and how much. */
  impact: Impact;
  /** Share of the excess time that the cause explains, 0–1; absent when there is none to explain. */
  explained?: number;
  /** Other causes that explain a part of the excess time of their own. */
  contributing: Array<CauseId>;
  /** Other causes that hold but explain nothing that the first does not. */
  consequences: Array<CauseId>;
  /** Causes that could not be told; empty unless the verdict is `cannot-tell`. */
  candidates: Array<Candidate>;
  /** The number whose change would turn the verdict soonest, if any could be compared. */
  flips: Array<Flip>;
};

/** The interval that is diagnosed, Unix milliseconds. */
export type Window = {
  /** First grid time of the window: its sample is the base of every increase. */
  start: number;
  /** Last grid time of the window. */
  end: number;
  /** Median distance of neighbouring grid times. */
  step: number;
  /** Requests that finished in the window; absent when no finish-time family was found. */
  finished_requests?: number;
};
