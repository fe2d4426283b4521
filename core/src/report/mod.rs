//! The view model: the only thing a front end, a script or a person sees of a diagnosis.
//!
//! Units are seconds, ratios in 0–1, tokens and requests; times are Unix milliseconds. A value that
//! is not known is absent, never 0, NaN or null. Fields may be added; none may change its meaning
//! without a new [`SCHEMA`]. Sentences are English, carry their units and name no clock time:
//! `since` is a number that the reader's host formats.

mod assemble;
pub mod confidence;
mod fleet;
mod impact;
mod ledger;
mod limit;
mod objectives;
mod phases;
mod quality;
mod signal;
mod timeline;
mod verdict;

use serde::{Deserialize, Serialize};

pub use confidence::ConfidenceSource;
pub use fleet::{
    Figures, Fleet, FleetDeviation, FleetRow, Groups, ReplicaVerdict, ReplicaVerdicts,
};
pub use impact::{Candidate, Flip, Impact, ObjectiveImpact};
pub use ledger::LedgerEntry;
pub use limit::Limit;
pub use objectives::{Attained, Budget, Joint, Kept, Objective, Objectives, Spender};
pub use phases::{PhasePart, Phases};
pub use quality::{CaveatReport, Quality};
pub use signal::{Attainment, QuantileReport, SignalReport, Signals};
pub use timeline::{StepVerdict, Timeline, TimelineStep};
pub use verdict::{Action, ActionStep, Evidence, Finding, Pattern, RuledOut, Verdict};

use crate::catalogue::causes::CauseId;
use crate::catalogue::columns::ColumnId;
use crate::triage::finding::Severity;
use crate::window::baseline::BaselineSource;

/// Version of the report's shape.
pub const SCHEMA: u32 = 2;

/// What a command line prints and a host saves: every scope in short, and the diagnosis of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Report {
    /// Every scope found in the input, the worst first.
    pub scopes: Vec<ScopeSummary>,
    /// The diagnosis of one of them.
    #[serde(flatten)]
    pub diagnosis: Diagnosis,
}

impl Report {
    /// The scope that is diagnosed, in short.
    pub fn scope(&self) -> Option<&ScopeSummary> {
        self.scopes.iter().find(|scope| scope.id == self.diagnosis.scope)
    }

    /// The answer of the rule that gave the verdict.
    pub fn primary(&self) -> Option<&Finding> {
        self.diagnosis.findings.iter().find(|finding| finding.id == self.diagnosis.verdict.id)
    }
}

/// Every scope of the input in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Summary {
    /// Always [`SCHEMA`].
    pub schema: u32,
    /// Every scope found in the input, the worst first.
    pub scopes: Vec<ScopeSummary>,
    /// Id of the scope that the settings ask for, else of the worst one.
    pub scope: usize,
}

/// A complete diagnosis of one scope (one model on one engine) over one window.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Diagnosis {
    /// Always [`SCHEMA`].
    pub schema: u32,
    /// Id of the scope.
    pub scope: usize,
    /// All of the loaded data, before a window is chosen.
    pub range: Span,
    /// The interval that is diagnosed.
    pub window: Window,
    /// What the window is compared with.
    pub baseline: Baseline,
    /// The one answer.
    pub verdict: Verdict,
    /// Every cause's answer: the primary one first, then those that hold, then the rest.
    pub findings: Vec<Finding>,
    /// What changed against the baseline, as factors that multiply; empty without a baseline.
    pub ledger: Vec<LedgerEntry>,
    /// What was promised of the requests, and how much of it was kept.
    pub objectives: Objectives,
    /// Every replica beside the others; absent where the data tell fewer than two apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub fleet: Option<Fleet>,
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
    /// What the history holds of this scope; absent when none is loaded, or none of this scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub history: Option<History>,
}

/// A longer or an earlier range of one scope, at a coarser step than what is diagnosed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct History {
    /// All of the loaded history.
    pub range: Span,
    /// Long columns that `Session::history_column` can return for this scope.
    pub columns: Vec<ColumnDescription>,
}

/// One scope of the input, for a switch between scopes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ScopeSummary {
    /// What to ask for it by. It stays the same as long as the same engines and models are loaded,
    /// whatever the settings.
    pub id: usize,
    /// The engine that exported the series.
    pub engine: EngineSummary,
    /// The served model's name; empty when the series carry none.
    pub model: String,
    /// Replica keys, `<pod or instance>/<engine rank>`, sorted.
    pub replicas: Vec<String>,
    /// The verdict of this scope over the same window.
    pub verdict_id: CauseId,
    /// How bad it is.
    pub severity: Severity,
    /// Who is hurt, and how much.
    pub impact: Impact,
}

/// The engine behind a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EngineSummary {
    /// Profile id, e.g. `vllm`.
    pub profile: String,
    /// The releases that export this set of families, e.g. `>=0.24`; absent when nothing narrows
    /// it.
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

/// A long column that `Session::column` returns as a copy, aligned with the column `times`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ColumnDescription {
    /// Name to ask for, e.g. `phase.queue`.
    pub id: ColumnId,
    /// Name for people.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub title: &'static str,
    /// Unit of its values; `ms` (Unix) for `times`.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub unit: &'static str,
    /// The strip that draws it: `phases`, `scheduler`, `kv`, `throughput`, or empty for `times`.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub strip: &'static str,
}

impl From<ColumnId> for ColumnDescription {
    fn from(id: ColumnId) -> Self {
        Self { id, title: id.title(), unit: id.unit(), strip: id.strip() }
    }
}
