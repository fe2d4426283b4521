//! The answer: one verdict, every rule's finding, and the numbers behind them.

use crate::small::list::CollectVec;
use serde::Serialize;

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::report::confidence::ConfidenceSource;
use crate::report::impact::{Candidate, Flip, Impact};
use crate::signal::level::{Level, ThresholdSource};
use crate::triage::finding;
use crate::triage::finding::{Compare, ConfidenceWord, Severity, State};

/// The one answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Verdict {
    /// Rule id.
    pub id: CauseId,
    /// The rule's answer; `clear` for `healthy`, `unknown` for `cannot-tell`.
    pub state: State,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence with this case's numbers.
    pub sentence: String,
    /// Two or three sentences that a sceptical reader asks for next.
    pub detail: String,
    /// What the layers around the engine say and no cause claims, a sentence each: replicas that
    /// are wanted and not there, a processor quota that ran out, a gateway that queues.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<_>"))]
    pub beside: Vec<String>,
    /// Probability that it is right, from simulated cases with known truth; absent for
    /// `cannot-tell` and where no such case was simulated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub confidence: Option<f64>,
    /// The word for it, capped by the data-quality grade and by missing signals.
    pub confidence_word: ConfidenceWord,
    /// The cases that the probability comes from; absent where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub confidence_source: Option<ConfidenceSource>,
    /// When the condition began, Unix milliseconds; absent when the data do not show a beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub since: Option<i64>,
    /// What to do; absent for `healthy` and `cannot-tell`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub action: Option<Action>,
    /// Who is hurt, and how much.
    pub impact: Impact,
    /// Share of the excess time that the cause explains, 0–1; absent when there is none to explain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub explained: Option<f64>,
    /// Other causes that explain a part of the excess time of their own.
    pub contributing: Vec<CauseId>,
    /// Other causes that hold but explain nothing that the first does not.
    pub consequences: Vec<CauseId>,
    /// Causes that could not be told; empty unless the verdict is `cannot-tell`.
    pub candidates: Vec<Candidate>,
    /// The number whose change would turn the verdict soonest, if any could be compared.
    pub flips: Vec<Flip>,
}

/// What to do first, what it will do, and what not to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Action {
    /// Stable id, e.g. `raise-max-num-seqs`.
    pub id: ActionId,
    /// The first step as one sentence, in the words of the engine.
    pub sentence: String,
    /// The expected effect, with numbers where they are known.
    pub effect: String,
    /// Ids of actions that look right and are not.
    pub avoid: Vec<ActionId>,
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
    pub copy_kind: Option<&'static str>,
}

/// One rule's answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Finding {
    /// Rule id.
    pub id: CauseId,
    /// The condition the rule looks for, one sentence.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub condition: &'static str,
    /// The answer.
    pub state: State,
    /// Why this answer, one sentence with numbers.
    pub reason: String,
    /// That of the verdict, for the finding that gave it; absent for every other.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub confidence: Option<f64>,
    /// The numbers it rests on.
    pub evidence: Vec<Evidence>,
    /// Neighbouring diagnoses and what excludes each.
    pub rules_out: Vec<RuledOut>,
    /// Signals it needs or could use that the data do not hold.
    pub missing: Vec<SignalId>,
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
    pub signal: SignalId,
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
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub unit: &'static str,
    /// `>`, `>=`, `<`, `<=` or `=`.
    pub compare: Compare,
    /// What it is compared with.
    pub threshold: f64,
    /// Where the threshold comes from.
    pub threshold_source: ThresholdSource,
    /// Distance of the value to the threshold, positive when the comparison holds.
    pub margin: f64,
    /// Whether it speaks for the finding.
    pub supports: bool,
}

/// A diagnosis that the numbers exclude.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RuledOut {
    /// Rule id of the rival.
    pub id: CauseId,
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

impl From<finding::Verdict> for Verdict {
    fn from(verdict: finding::Verdict) -> Self {
        Self {
            id: verdict.id,
            state: verdict.state,
            severity: verdict.severity,
            sentence: verdict.sentence,
            detail: verdict.detail,
            beside: verdict.beside,
            confidence: None,
            confidence_word: ConfidenceWord::Uncalibrated,
            confidence_source: None,
            since: verdict.since,
            action: verdict.action.map(Action::from),
            impact: verdict.impact.into(),
            explained: verdict.explained,
            contributing: verdict.contributing,
            consequences: verdict.consequences,
            candidates: verdict.candidates.into_iter().map(Candidate::from).collect_vec(),
            flips: verdict.flips.into_iter().map(Flip::from).collect_vec(),
        }
    }
}

impl From<finding::Action> for Action {
    fn from(action: finding::Action) -> Self {
        let finding::Action { id, effect, avoid, steps } = action;
        let (avoid, avoid_because) = avoid.into_iter().unzip();
        let sentence = steps.first().map(|step| step.sentence.clone()).unwrap_or_default();
        let steps = steps.into_iter().map(ActionStep::from).collect_vec();
        Self { id, sentence, effect, avoid, avoid_because, steps }
    }
}

impl From<finding::ActionStep> for ActionStep {
    fn from(step: finding::ActionStep) -> Self {
        let (copy_kind, copy) = step.copy.unzip();
        Self { sentence: step.sentence, copy, copy_kind }
    }
}

impl From<finding::Finding> for Finding {
    fn from(finding: finding::Finding) -> Self {
        Self {
            id: finding.id,
            condition: finding.condition,
            state: finding.state,
            reason: finding.reason,
            confidence: None,
            evidence: finding.evidence.into_iter().map(Evidence::from).collect_vec(),
            rules_out: finding.rules_out.into_iter().map(RuledOut::from).collect_vec(),
            missing: finding.missing,
            replicas: finding.replicas,
            caveats: finding.caveats,
        }
    }
}

impl From<finding::Evidence> for Evidence {
    fn from(evidence: finding::Evidence) -> Self {
        Self {
            signal: evidence.signal,
            text: evidence.text,
            value: evidence.value,
            lo: evidence.lo,
            hi: evidence.hi,
            unit: evidence.unit,
            compare: evidence.compare,
            threshold: evidence.threshold,
            threshold_source: evidence.threshold_source,
            margin: evidence.margin,
            supports: evidence.supports,
        }
    }
}

impl From<finding::RuledOut> for RuledOut {
    fn from(rival: finding::RuledOut) -> Self {
        Self { id: rival.id, because: rival.because }
    }
}

impl From<finding::Pattern> for Pattern {
    fn from(pattern: finding::Pattern) -> Self {
        let finding::Pattern { ttft, queue, itl, direction } = pattern;
        Self { ttft, queue, itl, direction }
    }
}
