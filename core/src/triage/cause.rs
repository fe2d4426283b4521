//! The contract of a cause: `judge` decides, `explain` says.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::scope::Scope;
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Action, Evidence, RuledOut, Severity};
use crate::triage::ledger::Ledger;

/// A cause: how it is decided and how it is told. One file in `rules/`, whose documentation is the
/// text of the catalogue.
pub trait Cause {
    /// What `judge` found; `explain` needs nothing else but facts.
    type State;

    /// Decides. Every signal that the rule needs is there when it is called.
    fn judge(facts: &Facts, ledger: &Ledger) -> Answer<Self::State>;

    /// Tells what was decided, with this case's numbers.
    fn explain(state: &Self::State, facts: &Facts, words: &Words<'_>) -> Explanation;
}

/// One row of the registry; every file in `rules/` has one, named `RULE`.
#[derive(Debug)]
pub struct Rule {
    /// Which cause.
    pub id: CauseId,
    /// Its place among the others.
    pub class: Class,
    /// Signals without which nothing can be said; checked once, before `judge` runs.
    pub needs: &'static [SignalId],
    /// Signals that sharpen the answer; those that are missing are listed in the finding.
    pub uses: &'static [SignalId],
    /// Neighbouring causes with which it is confused.
    pub confusable: &'static [CauseId],
    /// The first action; none for verdicts without one.
    pub action: Option<ActionId>,
    /// Judges and explains.
    pub ask: fn(&Facts, &Ledger, &Words<'_>) -> Answer<Explanation>,
}

/// What speaks before what. Within a class the cause that explains most comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nothing comes out, whatever the numbers of the time before say.
    Outage,
    /// The numbers cannot be believed, so no other verdict stands on them.
    Data,
    /// Something makes requests slow or lose.
    Cause,
    /// Nothing does, and something else is worth knowing.
    Notice,
    /// Nothing does, and that is proven.
    Healthy,
    /// None of these can be told.
    CannotTell,
}

/// The `ask` of a cause.
pub(crate) fn ask<C: Cause>(
    facts: &Facts,
    ledger: &Ledger,
    words: &Words<'_>,
) -> Answer<Explanation> {
    match C::judge(facts, ledger) {
        Answer::Firing(state) => Answer::Firing(C::explain(&state, facts, words)),
        Answer::Clear(reason) => Answer::Clear(reason),
        Answer::Unknown(reason) => Answer::Unknown(reason),
    }
}

/// Three answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<S> {
    /// The condition does not hold, and why.
    Clear(String),
    /// It cannot be told, and what is missing.
    Unknown(String),
    /// The condition holds.
    Firing(S),
}

impl<S> Answer<S> {
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
pub struct Explanation {
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
    /// Seconds of the mean request that it explains, by phase.
    pub claims: Excess,
}

/// How the live engine calls things.
#[derive(Debug)]
pub struct Words<'a> {
    /// The scope.
    pub scope: &'a Scope,
}
