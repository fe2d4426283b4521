//! The answer of a gate: checks, and one outcome of them all.

use inference_triage_core::comparison::Outcome;
use serde::Serialize;

use crate::exit::Status;

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Judgement {
    /// `admission` or `deploy`.
    pub(super) gate: &'static str,
    pub(super) outcome: Outcome,
    /// The outcome in one sentence.
    pub(super) summary: String,
    /// What to do, where something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<String>,
    pub(super) checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) outcome: Outcome,
    pub(super) message: String,
    /// What it means for the answer that this check is inconclusive.
    #[serde(skip)]
    pub(super) when_open: WhenOpen,
}

/// What an inconclusive check does to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenOpen {
    /// It is shown: buckets that leave a quantile open are usual.
    IsShown,
    /// It forbids PASS.
    ForbidsPass,
}

impl Check {
    pub(super) fn new(
        name: impl Into<String>,
        outcome: Outcome,
        message: impl Into<String>,
    ) -> Self {
        let when_open = WhenOpen::IsShown;
        Self { name: name.into(), outcome, message: message.into(), when_open }
    }

    /// The same check, without which nothing passes.
    pub(super) fn needed(self) -> Self {
        Self { when_open: WhenOpen::ForbidsPass, ..self }
    }

    /// Whether it forbids an answer of PASS without failing.
    pub(super) fn is_open(&self) -> bool {
        self.outcome == Outcome::Inconclusive && self.when_open == WhenOpen::ForbidsPass
    }
}

impl Judgement {
    pub(super) fn status(&self) -> Status {
        match self.outcome {
            Outcome::Pass => Status::Healthy,
            Outcome::Fail => Status::Finding,
            Outcome::Inconclusive => Status::CannotTell,
        }
    }
}

/// The word of an outcome.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::Inconclusive => "INCONCLUSIVE",
    }
}
