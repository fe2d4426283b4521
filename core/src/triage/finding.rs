//! What the triage answers: one verdict, every rule's finding, and the numbers behind them.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::list::closed_list;
use crate::catalogue::signals::SignalId;
use crate::signal::level::{Level, ThresholdSource};

closed_list! {
    /// Three answers of a rule.
    State {
        /// The condition holds.
        Firing = "firing",
        /// The condition does not hold.
        Clear = "clear",
        /// It cannot be told from these data.
        Unknown = "unknown",
    }
}

closed_list! {
    /// How bad the primary verdict is.
    Severity {
        /// Nothing to report.
        Ok = "ok",
        /// Worth knowing, nothing to do.
        Info = "info",
        /// Not enough data to judge.
        Unknown = "unknown",
        /// An objective is missed or will be.
        Warning = "warning",
        /// Most requests miss an objective.
        Critical = "critical",
    }
}

closed_list! {
    /// The words for a confidence, the highest first.
    ConfidenceWord {
        /// At least 0.95, counted over at least 60 cases.
        Certain = "certain",
        /// At least 0.8.
        Likely = "likely",
        /// At least 0.5.
        Possible = "possible",
        /// Below 0.5.
        Uncertain = "uncertain",
        /// No such case was simulated, so that nothing was counted.
        Uncalibrated = "uncalibrated",
    }
}

closed_list! {
    /// How a value is compared with its threshold.
    Compare {
        /// Greater than.
        Above = ">",
        /// At least.
        AtLeast = ">=",
        /// At most.
        AtMost = "<=",
    }
}

/// The one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Which cause.
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
    pub beside: Vec<String>,
    /// When the condition began, Unix milliseconds; absent when the data do not show a beginning.
    pub since: Option<i64>,
    /// What to do; absent for `healthy` and `cannot-tell`.
    pub action: Option<Action>,
    /// Who is hurt, and how much.
    pub impact: VerdictImpact,
    /// Share of the excess time that the cause explains, 0–1; None where there is none to explain.
    pub explained: Option<f64>,
    /// Other causes that explain a part of the excess time of their own.
    pub contributing: Vec<CauseId>,
    /// Other causes that hold but explain nothing that the first does not.
    pub consequences: Vec<CauseId>,
    /// Causes that could not be told, where none could.
    pub candidates: Vec<Candidate>,
    /// The number whose change would turn the verdict soonest; none where nothing could be
    /// compared.
    pub flips: Vec<Flip>,
}

/// Who is hurt, and how much.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictImpact {
    /// Objectives with the share of requests that miss each.
    pub objectives: Vec<ObjectiveImpact>,
    /// Seconds of the mean request beyond what they were and what they may be; None without
    /// finished requests.
    pub excess_seconds: Option<f64>,
    /// Requests that began and did not end, where they are more than an objective may miss.
    pub lost_requests: Option<f64>,
    /// Where the queue is going.
    pub trend: Trend,
}

/// One objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObjectiveImpact {
    /// Which signal.
    pub signal: SignalId,
    /// Its target, seconds.
    pub target: f64,
    /// Least and greatest share of requests that miss it, 0–1.
    pub missing: (f64, f64),
}

/// A cause that could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which one.
    pub id: CauseId,
    /// What it lacks, one clause.
    pub lacks: String,
    /// How to get it, one sentence.
    pub how: String,
    /// Causes that it would be told from.
    pub decides: Vec<CauseId>,
}

/// A number near its line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flip {
    /// What was measured.
    pub signal: SignalId,
    /// The value now, in the signal's unit.
    pub from: f64,
    /// The value at which the finding no longer holds.
    pub to: f64,
}

closed_list! {
    /// Where the queue is going within the window.
    Trend {
        /// More requests wait at its end.
        Growing = "growing",
        /// About as many wait.
        Steady = "steady",
        /// Fewer wait at its end.
        Recovering = "recovering",
        /// Waiting requests are not measured.
        Unknown = "unknown",
    }
}

/// What to do first, what it will do, and what not to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Which one.
    pub id: ActionId,
    /// The expected effect, with numbers where they are known.
    pub effect: String,
    /// Actions that look right and are not, each with one sentence why.
    pub avoid: Vec<(ActionId, String)>,
    /// The steps in order, at least one.
    pub steps: Vec<ActionStep>,
}

/// One step of the runbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionStep {
    /// What to do, one sentence.
    pub sentence: String,
    /// Text worth copying (a flag, a query) and what it is, e.g. `PromQL` or `flag`.
    pub copy: Option<(&'static str, String)>,
}

/// One rule's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which cause.
    pub id: CauseId,
    /// The condition the rule looks for, one sentence.
    pub condition: &'static str,
    /// The answer.
    pub state: State,
    /// Why this answer, one sentence with numbers.
    pub reason: String,
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

/// One number against one threshold, in the unit of the signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What was measured.
    pub signal: SignalId,
    /// The whole observation as one sentence for people.
    pub text: String,
    /// The value.
    pub value: f64,
    /// Lower bound of the value.
    pub lo: f64,
    /// Upper bound of the value; absent when unbounded.
    pub hi: Option<f64>,
    /// Unit of all numbers.
    pub unit: &'static str,
    /// How it is compared.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuledOut {
    /// The rival.
    pub id: CauseId,
    /// The numbers that exclude it.
    pub because: String,
}

/// The matched row of the triage matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
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
