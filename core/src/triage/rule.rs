//! The contract of a rule.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::triage::context::Context;
use crate::triage::finding::{Action, Evidence, RuledOut, Severity};

/// A diagnosis: what it looks for, what it needs, and how it decides. One file in `rules/`, one row
/// in the registry.
#[derive(Debug)]
pub struct Rule {
    /// Stable id, the name of the condition; "no ⟨id⟩ here" is a sentence.
    pub id: CauseId,
    /// The condition in one sentence.
    pub condition: &'static str,
    /// Why a reader should care, one sentence.
    pub matters: &'static str,
    /// Signals without which nothing can be said; checked once, before `check` runs.
    pub needs: &'static [SignalId],
    /// Signals that sharpen the answer; those that are missing are listed in the finding.
    pub uses: &'static [SignalId],
    /// Neighbouring rules with which it is confused.
    pub confusable: &'static [CauseId],
    /// The first action and what it costs; none for verdicts without an action.
    pub action: Option<ActionGuide>,
    /// Where the signature comes from.
    pub sources: &'static str,
    /// Decides. Every signal in `needs` is there when it is called.
    pub check: fn(&Context<'_>) -> Answer,
}

/// What the catalogue says of a rule's first action.
#[derive(Debug, Clone, Copy)]
pub struct ActionGuide {
    /// Stable id.
    pub id: ActionId,
    /// What it costs.
    pub costs: &'static str,
    /// What would make it wrong.
    pub wrong_when: &'static str,
}

/// Three answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The condition does not hold, and why.
    Clear(String),
    /// The condition holds.
    Firing(Box<Case>),
    /// It cannot be told, and why.
    Unknown(String),
}

impl Answer {
    /// Does not hold.
    pub fn clear(reason: impl Into<String>) -> Self {
        Self::Clear(reason.into())
    }

    /// Cannot be told.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown(reason.into())
    }
}

/// A condition that holds, with this case's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// How bad it is.
    pub severity: Severity,
    /// One sentence with the numbers.
    pub sentence: String,
    /// What a sceptical reader asks for next.
    pub detail: String,
    /// The numbers it rests on.
    pub evidence: Vec<Evidence>,
    /// What excludes each neighbour.
    pub rules_out: Vec<RuledOut>,
    /// Replicas it applies to; empty: all.
    pub replicas: Vec<String>,
    /// When it began, Unix milliseconds.
    pub since: Option<i64>,
    /// What to do.
    pub action: Option<Action>,
}
