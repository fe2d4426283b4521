//! The view model: the only thing a front end, a script or a person sees of a diagnosis.
//!
//! Units are seconds, ratios in 0–1, tokens and requests; times are Unix milliseconds. A value that is not known is
//! absent, never 0, NaN or null. Fields may be added; none may change its meaning without a new [`SCHEMA`].
//! Sentences are English, carry their units and name no clock time: `since` is a number that the reader's host formats.

use serde::{Deserialize, Serialize};

/// Version of the report's and the settings' shape.
pub const SCHEMA: u32 = 1;

/// A complete diagnosis of one scope (one model on one engine) over one window.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: u32,
    /// Every scope found in the input, the worst first.
    pub scopes: Vec<ScopeSummary>,
    /// Index into `scopes` of the one this report describes.
    pub scope: usize,
    /// All of the loaded data, before a window is chosen.
    pub range: Span,
    /// The interval that is diagnosed.
    pub window: Window,
    /// What the window is compared with.
    pub baseline: Baseline,
    /// The one answer.
    pub verdict: Verdict,
    /// Every rule's answer, in order of judgement, the primary one first.
    pub findings: Vec<Finding>,
    /// Where the mean request spent its time; absent when no request finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub phases: Option<Phases>,
    /// The row of the triage matrix that the window matches.
    pub pattern: Pattern,
    /// Measurements by signal name, in reading order.
    pub signals: Signals,
    /// Limits of the live engine.
    pub limits: Vec<Limit>,
    /// How far the data can be trusted.
    pub quality: Quality,
    /// Long columns that `Session::column` can return for this scope.
    pub columns: Vec<ColumnDescription>,
}

/// Measurements by signal name, in reading order. Serialised as an object whose keys keep that order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signals(pub Vec<(String, SignalReport)>);

impl Signals {
    /// The measurement of that name, if the window has one.
    pub fn get(&self, name: &str) -> Option<&SignalReport> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

impl Serialize for Signals {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(feature = "typescript")]
impl ts_rs::TS for Signals {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;
    fn name(_: &ts_rs::Config) -> String {
        "Record<string, SignalReport>".to_owned()
    }
    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }
}

/// One scope of the input, for a switch between scopes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ScopeSummary {
    /// The engine that exported the series.
    pub engine: EngineSummary,
    /// The served model's name; empty when the series carry none.
    pub model: String,
    /// Replica keys, `<pod or instance>/<engine rank>`, sorted.
    pub replicas: Vec<String>,
    /// The verdict of this scope over the same window.
    pub verdict_id: String,
    /// How bad it is.
    pub severity: Severity,
}

/// The engine behind a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EngineSummary {
    /// Profile id, e.g. `vllm`.
    pub profile: String,
    /// The releases that export this set of families, e.g. `>=0.24`; absent when nothing narrows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub version_hint: Option<String>,
    /// The prefix of the metric names, e.g. `vllm:`.
    pub prefix: String,
}

/// A closed interval of time with its sample spacing, Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Span {
    /// First grid time.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub start: i64,
    /// Last grid time.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub end: i64,
    /// Median distance of neighbouring grid times; 0 with fewer than two.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub step: i64,
}

/// The interval that is diagnosed, Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Window {
    /// First grid time of the window: its sample is the base of every increase.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub start: i64,
    /// Last grid time of the window.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub end: i64,
    /// Median distance of neighbouring grid times.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub step: i64,
    /// Requests that finished in the window; absent when no finish-time family was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub finished_requests: Option<f64>,
}

/// What the window is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Baseline {
    /// First grid time; absent when there is no baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub start: Option<i64>,
    /// Last grid time; absent when there is no baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub end: Option<i64>,
    /// How it was chosen.
    pub source: BaselineSource,
    /// Requests that finished in the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub finished_requests: Option<f64>,
}

/// How the baseline was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum BaselineSource {
    /// The range before an accepted change point.
    Auto,
    /// Everything in the range that the window does not cover.
    Range,
    /// The same window, earlier by a fixed offset.
    Offset,
    /// Start and end typed by the user.
    Given,
    /// No comparison.
    None,
}

/// Three answers of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum State {
    /// The condition holds.
    Firing,
    /// The condition does not hold.
    Clear,
    /// It cannot be told from these data.
    Unknown,
}

/// How bad the primary verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Severity {
    /// Nothing to report.
    Ok,
    /// Worth knowing, nothing to do.
    Info,
    /// Not enough data to judge.
    Unknown,
    /// An objective is missed or will be.
    Warning,
    /// Most requests miss an objective.
    Critical,
}

/// The words for a calibrated confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ConfidenceWord {
    /// At least 0.95.
    Certain,
    /// At least 0.8.
    Likely,
    /// At least 0.5.
    Possible,
    /// Not yet measured on simulated incidents.
    Uncalibrated,
}

/// The one answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Verdict {
    /// Rule id.
    pub id: String,
    /// The rule's answer; `clear` for `healthy`, `unknown` for `cannot-tell`.
    pub state: State,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence with this case's numbers.
    pub sentence: String,
    /// Two or three sentences that a sceptical reader asks for next.
    pub detail: String,
    /// Calibrated probability; absent until calibrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub confidence: Option<f64>,
    /// The word for it, capped by the data-quality grade.
    pub confidence_word: ConfidenceWord,
    /// When the condition began, Unix milliseconds; absent when the data do not show a beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub since: Option<i64>,
    /// What to do; absent for `healthy` and `cannot-tell`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub action: Option<Action>,
}

/// What to do first, what it will do, and what not to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Action {
    /// Stable id, e.g. `raise-max-num-seqs`.
    pub id: String,
    /// The first step as one sentence, in the words of the engine.
    pub sentence: String,
    /// The expected effect, with numbers where they are known.
    pub effect: String,
    /// Ids of actions that look right and are not.
    pub avoid: Vec<String>,
    /// One sentence for each entry of `avoid`, in the same order.
    pub avoid_because: Vec<String>,
    /// The steps in order; the first repeats `sentence`.
    pub steps: Vec<ActionStep>,
}

/// One step of the runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ActionStep {
    /// What to do, one sentence.
    pub sentence: String,
    /// Text worth copying (a flag, a query).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub copy: Option<String>,
    /// What that text is, e.g. `PromQL` or `flag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub copy_kind: Option<String>,
}

/// One rule's answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Finding {
    /// Rule id.
    pub id: String,
    /// The condition the rule looks for, one sentence.
    pub condition: String,
    /// The answer.
    pub state: State,
    /// Why this answer, one sentence with numbers.
    pub reason: String,
    /// Calibrated probability; absent until calibrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub confidence: Option<f64>,
    /// The numbers it rests on.
    pub evidence: Vec<Evidence>,
    /// Neighbouring diagnoses and what excludes each.
    pub rules_out: Vec<RuledOut>,
    /// Signals it needs or could use that the data do not hold.
    pub missing: Vec<String>,
    /// Replicas it applies to.
    pub replicas: Vec<String>,
    /// Caveat texts that touch its numbers.
    pub caveats: Vec<String>,
}

/// One number against one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Evidence {
    /// Signal name, or the name of a limit.
    pub signal: String,
    /// The whole observation as one sentence for people.
    pub text: String,
    /// The value in `unit`.
    pub value: f64,
    /// Lower bound of the value.
    pub lo: f64,
    /// Upper bound of the value; absent when unbounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub hi: Option<f64>,
    /// Unit of all four numbers.
    pub unit: String,
    /// `>`, `>=`, `<`, `<=` or `=`.
    pub compare: String,
    /// What it is compared with.
    pub threshold: f64,
    /// Where the threshold comes from.
    pub threshold_source: ThresholdSource,
    /// Distance of the value to the threshold, positive when the comparison holds.
    pub margin: f64,
    /// Whether it speaks for the finding.
    pub supports: bool,
}

/// Where a threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ThresholdSource {
    /// A target the user set.
    Slo,
    /// The baseline window.
    Baseline,
    /// A limit of the live engine.
    Limit,
    /// A documented constant or default target.
    Constant,
}

/// A diagnosis that the numbers exclude.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RuledOut {
    /// Rule id of the rival.
    pub id: String,
    /// The numbers that exclude it.
    pub because: String,
}

/// Mean end-to-end time of the requests that finished in the window, by phase.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Phases {
    /// Requests that finished in the window.
    pub finished: f64,
    /// Mean end-to-end latency, seconds.
    pub mean_e2e: f64,
    /// Mean end-to-end latency of the baseline, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub baseline_mean_e2e: Option<f64>,
    /// The parts in the order of time. Those without `part_of` add up to `mean_e2e`.
    pub parts: Vec<PhasePart>,
}

/// One phase.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PhasePart {
    /// Which one.
    pub phase: Phase,
    /// Exact from sums and counts, or estimated.
    pub basis: Basis,
    /// The phase that contains this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub part_of: Option<Phase>,
    /// Mean seconds per finished request.
    pub seconds: f64,
    /// Share of the mean end-to-end latency, 0–1.
    pub share: f64,
    /// Mean seconds in the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub baseline_seconds: Option<f64>,
    /// `seconds − baseline_seconds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delta: Option<f64>,
    /// The part of `delta` that comes from more or fewer tokens; only where a token driver exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delta_workload: Option<f64>,
    /// The part of `delta` that comes from more or less time per token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delta_service: Option<f64>,
}

/// Where a second of a request can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Phase {
    /// Outside the engine, before and after it.
    FrontEnd,
    /// Waiting to be scheduled for the first time.
    Queue,
    /// Waiting for a remote key-value cache; part of the queue.
    RemoteKv,
    /// From the first scheduling to the first token.
    Prefill,
    /// From the first to the last token.
    Decode,
    /// Stalled by preemption; part of decode.
    Preemption,
}

/// Whether a number is guaranteed by the data or estimated from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Basis {
    /// Guaranteed by integer counts and exact sums.
    Exact,
    /// From extrapolated counts, sampled gauges or another population.
    Estimated,
}

/// Level of a signal against its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Level {
    /// The whole interval lies above the line.
    High,
    /// The whole interval lies below the line, on the side that is unusual.
    Low,
    /// The whole interval lies on the good side of the line.
    Normal,
    /// Too close to call, or not measured.
    Unknown,
}

/// The matched row of the triage matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Pattern {
    /// Level of time to first token.
    pub ttft: Level,
    /// Level of queue time.
    pub queue: Level,
    /// Level of inter-token latency.
    pub itl: Level,
    /// Where to look, one phrase.
    pub direction: String,
}

/// One measurement over the window.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SignalReport {
    /// Name for people, e.g. `Time to first token`.
    pub title: String,
    /// `s`, `ratio`, `requests`, `tokens`, `tokens/s`, `requests/s` or `sequences`.
    pub unit: String,
    /// Observations in the window; absent for gauges and rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub count: Option<f64>,
    /// Mean: exact for histograms, over samples for gauges, over the window for rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub mean: Option<f64>,
    /// Smallest sample; gauges only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub min: Option<f64>,
    /// Largest sample; gauges only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub max: Option<f64>,
    /// Newest sample; gauges only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub last: Option<f64>,
    /// Mean over the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub baseline_mean: Option<f64>,
    /// Judgement against the objective, the baseline or a limit.
    pub level: Level,
    /// What it was judged against and by how far, one sentence.
    pub level_reason: String,
    /// Quantiles asked for in the settings; empty for anything but histograms.
    pub quantiles: Vec<QuantileReport>,
    /// The same quantiles over the baseline.
    pub baseline_quantiles: Vec<QuantileReport>,
    /// Share of requests within the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub attainment: Option<Attainment>,
}

/// One quantile: PromQL's point, the interval that holds the sample's quantile, and how much it says.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each a field of the report's fixed shape")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct QuantileReport {
    /// The quantile, in [0, 1].
    pub q: f64,
    /// What PromQL's `histogram_quantile` prints; absent where it prints NaN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub point: Option<f64>,
    /// Lower end of the interval that holds the sample quantile.
    pub lo: f64,
    /// Upper end; absent when it lies in the open last bucket and the sum does not bound it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub hi: Option<f64>,
    /// The quantile lies strictly above `lo` (a bucket is open at its lower bound).
    pub lo_excluded: bool,
    /// `exact` when the interval is guaranteed.
    pub basis: Basis,
    /// An upper end from the order between sibling metrics of different populations; an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub order_hi: Option<f64>,
    /// PromQL's point lies outside [lo, hi].
    pub outside_bounds: bool,
    /// Lower end of the 95 % interval for the process behind the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub sample_lo: Option<f64>,
    /// Upper end of that interval; absent when unbounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub sample_hi: Option<f64>,
    /// PromQL's point carries no information about the data, or contradicts a sibling metric.
    pub artefact: bool,
    /// Why, one phrase; absent unless `artefact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub artefact_reason: Option<String>,
    /// The quantile lies in the first or in the open last bucket.
    pub unresolved: bool,
}

/// Share of requests within a target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Attainment {
    /// The target in the signal's unit.
    pub target: f64,
    /// Least share of requests at or below the target.
    pub lo: f64,
    /// Greatest share of requests at or below the target.
    pub hi: f64,
    /// The target is a bucket bound, so `lo` equals `hi`.
    pub exact: bool,
}

/// A limit of the live engine beside its use.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Limit {
    /// `max_num_seqs`, `kv_capacity_tokens`, `max_model_len` or `kv_worst_case_concurrency`.
    pub name: String,
    /// The limit, in `unit`.
    pub value: f64,
    /// `sequences` or `tokens`.
    pub unit: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// How it was found, one sentence.
    pub text: String,
    /// The replica it belongs to; absent when all replicas agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub replica: Option<String>,
    /// Since when it has been binding, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub since: Option<i64>,
    /// What is used of it, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub usage: Option<f64>,
    /// `usage / value`, at most 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub usage_share: Option<f64>,
}

/// Where a limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Provenance {
    /// The engine exports it.
    Exported,
    /// The engine behaves as if it were so.
    Inferred,
    /// The user typed it.
    Given,
}

/// How far the data can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Quality {
    /// A (nothing repaired) to D.
    pub grade: Grade,
    /// What was repaired or assumed.
    pub caveats: Vec<CaveatReport>,
}

/// Data-quality grade. It caps the confidence word: C at likely, D at possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Grade {
    /// No caveat touches a used signal.
    A,
    /// Some caveat does.
    B,
    /// An identity is broken or a needed family is missing.
    C,
    /// Two or more of those, or gaps over a tenth of the window.
    D,
}

/// One caveat, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CaveatReport {
    /// Stable id, e.g. `population-lag`.
    pub id: String,
    /// One sentence.
    pub text: String,
    /// How often it happened.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub count: u64,
}

/// A long column that `Session::column` returns as a copy, aligned with the column `times`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ColumnDescription {
    /// Name to ask for, e.g. `phase.queue`.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// Unit of its values; `ms` (Unix) for `times`.
    pub unit: String,
    /// The strip that draws it: `phases`, `scheduler`, `kv`, `throughput`, or empty for `times`.
    pub strip: String,
}
