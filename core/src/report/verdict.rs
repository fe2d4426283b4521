//! The answer: one verdict, every rule's finding, and the numbers behind them.

use serde::Serialize;

use crate::report::signal::Level;

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
