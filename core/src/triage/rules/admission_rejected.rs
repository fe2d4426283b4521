//! The engine refuses requests although nothing queues.
//!
//! # Why it matters
//!
//! Callers get errors from an engine that has room for them.
//!
//! # Told from its neighbours by
//!
//! Refusals are counted, and the requests that are admitted do not wait: an overloaded engine
//! refuses
//! with a full queue.
//!
//! # False friends
//!
//! A burst that filled the queue between two scrapes.
//!
//! # The action is wrong when
//!
//! The limit protects an objective that a longer queue would miss.
//!
//! # Sources
//!
//! vLLM counts refusals at its limit of queued requests in `admission_rejections`; servers and
//! gateways before an engine answer 429 for the number of requests (RFC 6585).

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
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
    id: CauseId::AdmissionRejected,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::QueueTime, SignalId::Waiting, SignalId::RejectionsPerS],
    confusable: &[CauseId::LoadAboveCapacity, CauseId::EngineErrors],
    action: Some(ActionId::RaiseQueueLimit),
    ask: ask::<AdmissionRejected>,
};

struct AdmissionRejected;

impl Cause for AdmissionRejected {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Loss::Failed { failed, ended, how: Ending::Refused | Ending::TooMany, .. } = facts.loss
        else {
            return Answer::clear("no more requests are refused than an objective may miss");
        };
        if facts.queue.level == Level::High {
            return Answer::clear("requests queue too: the engine has no room for more");
        }
        let text = facts.loss.phrase().unwrap_or_default();
        let line = Line::constant(facts.impact.may_miss * ended);
        let above = Compare::Above;
        Answer::Firing(exact(SignalId::RejectionsPerS, "requests", failed, above, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Requests are refused while the engine has room".to_owned(),
            detail: "Those that are admitted hardly queue, so the limit of queued requests is too low \
                     for arrivals between two steps.",
            replicas: facts.loss.replica(),
            claims: Excess::default(),
            action: ActionBuilder::new(
                ActionId::RaiseQueueLimit,
                "Raise the limit of queued requests above what arrives during a few steps.",
                "What is refused now is served at once.",
            )
            .avoid(ActionId::AddReplicas, "This engine has room for what it refuses.")
            .build(),
        }
        .by(found, facts)
    }
}
