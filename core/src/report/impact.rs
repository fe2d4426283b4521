//! Who is hurt, what could not be told, and what would turn the verdict.

use crate::small::list::CollectVec;
use serde::Serialize;

use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::triage::finding;
use crate::triage::finding::Trend;

/// Who is hurt, and how much.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Impact {
    /// Objectives with the share of requests that miss each.
    pub objectives: Vec<ObjectiveImpact>,
    /// Seconds of the mean request beyond what they were and what they may be; absent without
    /// finished requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub excess_seconds: Option<f64>,
    /// Requests that began and did not end; absent where they are no more than an objective may
    /// miss.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub lost_requests: Option<f64>,
    /// Where the queue is going.
    pub trend: Trend,
}

/// One objective.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ObjectiveImpact {
    /// Which signal.
    pub signal: SignalId,
    /// Its target, seconds.
    pub target: f64,
    /// Least and greatest share of requests that miss it, 0–1.
    pub missing: (f64, f64),
}

/// A cause that could not be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Flip {
    /// What was measured.
    pub signal: SignalId,
    /// The value now, in the signal's unit.
    pub from: f64,
    /// The value at which the finding no longer holds.
    pub to: f64,
}

impl From<finding::VerdictImpact> for Impact {
    fn from(impact: finding::VerdictImpact) -> Self {
        let finding::VerdictImpact { objectives, excess_seconds, lost_requests, trend } = impact;
        let objectives = objectives.into_iter().map(ObjectiveImpact::from).collect_vec();
        Self { objectives, excess_seconds, lost_requests, trend }
    }
}

impl From<finding::ObjectiveImpact> for ObjectiveImpact {
    fn from(objective: finding::ObjectiveImpact) -> Self {
        let finding::ObjectiveImpact { signal, target, missing } = objective;
        Self { signal, target, missing }
    }
}

impl From<finding::Candidate> for Candidate {
    fn from(candidate: finding::Candidate) -> Self {
        let finding::Candidate { id, lacks, how, decides } = candidate;
        Self { id, lacks, how, decides }
    }
}

impl From<finding::Flip> for Flip {
    fn from(flip: finding::Flip) -> Self {
        let finding::Flip { signal, from, to } = flip;
        Self { signal, from, to }
    }
}
