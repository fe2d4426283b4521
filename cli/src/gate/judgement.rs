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
}

impl Check {
    pub(super) fn new(
        name: impl Into<String>,
        outcome: Outcome,
        message: impl Into<String>,
    ) -> Self {
        Self { name: name.into(), outcome, message: message.into() }
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
