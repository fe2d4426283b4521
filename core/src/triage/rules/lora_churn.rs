//! Requests wait for adapters, of which more are wanted than fit into a batch.
//!
//! # Why it matters
//!
//! The engine runs below its capacity, and each exchange of an adapter stops a step.
//!
//! # Told from its neighbours by
//!
//! Requests that are deferred rather than waiting for capacity, while every adapter slot is taken.
//!
//! # False friends
//!
//! A long queue of many adapters, which fills the list of waiting ones whatever it waits for.
//!
//! # The action is wrong when
//!
//! The adapters of one moment are wanted by one caller only: batch them instead.
//!
//! # Sources
//!
//! vLLM passes requests over whose adapter has no room in the batch (deferred).

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::ActionBuilder;
use crate::triage::facts::Facts;
use crate::triage::facts::memory::MemoryState;
use crate::triage::finding::Evidence;
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::LoraChurn,
    class: Class::Cause,
    needs: &[SignalId::Waiting, SignalId::QueueTime],
    uses: &[SignalId::WaitingDeferred, SignalId::Running, SignalId::KvUsage],
    confusable: &[CauseId::SlotCap, CauseId::KvTransferStall, CauseId::GrammarStall],
    action: Some(ActionId::RaiseMaxLoras),
    ask: ask::<LoraChurn>,
};

struct LoraChurn;

impl Cause for LoraChurn {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        if facts.queue.level != Level::High || !facts.impact.is_hurt() {
            return Answer::clear("requests hardly queue");
        }
        let Some(adapters) = facts.admission.adapters else {
            return Answer::clear("no adapter waits for a slot");
        };
        let only = facts.admission.cap.is_none() && facts.memory.state == MemoryState::Free;
        match facts.admission.is_deferred {
            Some(false) => return Answer::clear("requests wait for capacity, not for adapters"),
            None if !only || facts.arrivals.grew => {
                return Answer::unknown(format!(
                    "{} adapters wait, but whether requests wait for them is not measured",
                    adapters.waiting
                ));
            }
            _ if facts.admission.is_fetching == Some(true) => {
                return Answer::clear("requests wait for their remote cache");
            }
            _ => {}
        }
        match facts.queue.evidence() {
            Some(found) => Answer::Firing(found),
            None => Answer::unknown("queue time has no target"),
        }
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: facts.admission.adapters.map_or_else(String::new, |adapters| {
                format!("All {} adapter slots are taken while others are wanted", adapters.slots)
            }),
            detail: "Requests are passed over until a slot for their adapter is free, although the engine has room.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::RaiseMaxLoras,
                "Allow more adapters in a batch, or send the requests of one adapter to one replica.",
                "Requests run as soon as they arrive.",
            )
            .avoid(ActionId::RaiseMaxNumSeqs, "No request waits for a sequence slot.")
            .build(),
        }
        .by(found, facts)
    }
}
