//! Requests end in errors more often than an objective allows.
//!
//! # Why it matters
//!
//! The latency of the requests that end well says nothing about the others.
//!
//! # Told from its neighbours by
//!
//! The engine or its HTTP server counts the errors itself. Refusals and clients that leave are
//! counted
//! elsewhere.
//!
//! # False friends
//!
//! Errors that are the caller's: an over-long prompt is one too, and some releases count it as the
//! server's.
//!
//! # The action is wrong when
//!
//! One caller sends what cannot be answered.
//!
//! # Sources
//!
//! `finished_reason="error"` of the engine, status 5xx of its HTTP server.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::ending::Ending;
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::facts::loss::Loss;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::EngineErrors,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::RequestsPerS],
    confusable: &[CauseId::AdmissionRejected, CauseId::ClientAborts],
    action: Some(ActionId::InspectErrors),
    ask: ask::<EngineErrors>,
};

struct EngineErrors;

/// Share of the requests that must fail for their errors to come before what the others wait for.
/// Lower, an overload that makes some fail is called their error; higher, an outage for one user in
/// two is told as a latency.
const MOST: f64 = 0.5;

/// Whether most requests fail, so that latency is that of a minority.
fn fails_most(facts: &Facts) -> bool {
    matches!(facts.loss, Loss::Failed { failed, ended, .. } if failed > MOST * ended)
}

impl Cause for EngineErrors {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        match facts.loss {
            Loss::Failed { failed, ended, how: Ending::Errored | Ending::ServerError, .. } => {
                let text = facts.loss.phrase().unwrap_or_default();
                let line = Line::constant(facts.impact.may_miss * ended);
                let above = Compare::Above;
                Answer::Firing(exact(SignalId::RequestsPerS, "requests", failed, above, line, text))
            }
            Loss::Unknown
            | Loss::Contradicted { .. }
            | Loss::Unreached { .. }
            | Loss::Failed { how: Ending::Otherwise, .. } => {
                Answer::unknown("how requests ended is not known")
            }
            _ => Answer::clear("no more requests failed than an objective may miss"),
        }
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Requests fail".to_owned(),
            detail: "The latency of those that end well is that of the others no more.",
            replicas: facts.loss.replica(),
            claims: if fails_most(facts) { facts.impact.excess } else { Excess::default() },
            action: ActionBuilder::new(
                ActionId::InspectErrors,
                "Read the log of the engine for the first of these errors, and the status codes of the \
                 gateway for who gets them.",
                "The error names the request or the part that fails.",
            )
            .avoid(ActionId::AddReplicas, "The same requests fail there too.")
            .build(),
        }
        .by(found, facts)
    }
}
