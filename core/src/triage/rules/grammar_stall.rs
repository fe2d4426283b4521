//! Requests wait for something other than capacity, a cache or an adapter: usually their grammar.
//!
//! # Why it matters
//!
//! Structured outputs are late although the engine has room.
//!
//! # Told from its neighbours by
//!
//! Requests that are deferred while none fetches a cache and no adapter waits.
//!
//! # False friends
//!
//! A release that does not tell which requests fetch.
//!
//! # The action is wrong when
//!
//! Only a few callers send schemas, and each a new one.
//!
//! # Sources
//!
//! vLLM passes over requests whose grammar is being compiled (deferred).

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::ActionBuilder;
use crate::triage::facts::Facts;
use crate::triage::finding::Evidence;
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::GrammarStall,
    class: Class::Cause,
    needs: &[SignalId::Waiting, SignalId::QueueTime],
    uses: &[SignalId::WaitingDeferred, SignalId::Running, SignalId::KvUsage],
    confusable: &[CauseId::LoraChurn, CauseId::KvTransferStall, CauseId::SlotCap],
    action: Some(ActionId::InspectGrammars),
    ask: ask::<GrammarStall>,
};

struct GrammarStall;

impl Cause for GrammarStall {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        if facts.queue.level != Level::High || !facts.impact.is_hurt() {
            return Answer::clear("requests hardly queue");
        }
        // What arrives during a step waits for its end, and for as long as the prompts in it take.
        let others = facts.step_time.token_time.into_iter().chain(facts.prefill.mean);
        if others.fold(0.0, f64::max) > facts.queue.seconds() {
            return Answer::clear("a step or a prompt takes longer than requests queue");
        }
        let admission = &facts.admission;
        match admission.is_deferred {
            None => return Answer::unknown("why requests wait is not measured"),
            Some(false) => return Answer::clear("requests wait for capacity"),
            Some(true) if admission.adapters.is_some() => {
                return Answer::unknown("requests may wait for adapters");
            }
            Some(true) if admission.is_fetching == Some(true) => {
                return Answer::clear("requests wait for their remote cache");
            }
            Some(true) if admission.is_fetching.is_none() && admission.is_remote != Some(false) => {
                return Answer::unknown("requests may wait for their remote cache");
            }
            Some(true) => {}
        }
        match facts.queue.evidence() {
            Some(found) => Answer::Firing(found),
            None => Answer::unknown("queue time has no target"),
        }
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Requests wait for their grammar, not for capacity".to_owned(),
            detail: "They are passed over while others run, and neither a cache nor an adapter is what they wait for.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::InspectGrammars,
                "Look at the schemas of structured outputs: how large they are, and whether each caller sends a new one.",
                "A compiled grammar is reused, and its requests start at once.",
            )
            .avoid(ActionId::RaiseMaxNumSeqs, "No request waits for a slot.")
            .build(),
        }
        .by(found, facts)
    }
}
