//! Requests wait for cache entries that come from elsewhere.
//!
//! # Why it matters
//!
//! The device idles while a link or a store is slow.
//!
//! # Told from its neighbours by
//!
//! Waiting requests that are fetching, or transfers that take a multiple of what they took.
//!
//! # False friends
//!
//! Longer prompts, whose entries take longer in proportion.
//!
//! # The action is wrong when
//!
//! The other side is overloaded rather than the link.
//!
//! # Sources
//!
//! vLLM counts requests that fetch their cache entries, and the time of transfers.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::ActionBuilder;
use crate::triage::facts::Facts;
use crate::triage::facts::admission::SLOWER;
use crate::triage::finding::Evidence;
use crate::triage::ledger::Ledger;
use crate::triage::subject::Change;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::KvTransferStall,
    class: Class::Cause,
    needs: &[SignalId::Waiting, SignalId::QueueTime],
    uses: &[SignalId::WaitingDeferred, SignalId::Running, SignalId::KvUsage],
    confusable: &[CauseId::GrammarStall, CauseId::LoraChurn, CauseId::LoadAboveCapacity],
    action: Some(ActionId::InspectTransfer),
    ask: ask::<KvTransferStall>,
};

struct KvTransferStall;

impl Cause for KvTransferStall {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        if facts.queue.level != Level::High || !facts.impact.is_hurt() {
            return Answer::clear("requests hardly queue");
        }
        let admission = &facts.admission;
        let prompts = facts.work.prompt_change.map_or(1.0, Change::factor).max(1.0);
        let is_slower = admission.transfer.map(|change| change.factor() > SLOWER * prompts);
        let deferred = admission.is_deferred.map(|most| most || admission.deferred_hold_memory());
        match (admission.is_fetching, is_slower) {
            (Some(true), slower) if slower != Some(false) && deferred != Some(false) => {}
            (None, Some(true)) if deferred != Some(false) && !facts.arrivals.grew => {}
            (None, None) => return Answer::unknown("no transfer of cache entries is measured"),
            _ => {
                return Answer::clear(
                    "transfers take what they took, or few requests wait for them",
                );
            }
        }
        match facts.queue.evidence() {
            Some(found) => Answer::Firing(found),
            None => Answer::unknown("queue time has no target"),
        }
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Requests wait for their remote KV cache".to_owned(),
            detail: if facts.admission.deferred_hold_memory() {
                "Their cache entries are on the way and take the memory that those that run lack."
            } else {
                "Their cache entries are on the way, and the engine has room for them."
            },
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::InspectTransfer,
                "Look at the link to the remote cache and at the store behind it: bandwidth, errors, other tenants.",
                "Requests are scheduled as soon as their entries are there.",
            )
            .avoid(ActionId::RaiseMaxNumSeqs, "No request waits for a slot.")
            .build(),
        }
        .by(found, facts)
    }
}
