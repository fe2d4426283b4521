//! The prefix cache stopped hitting, so that prompts of the old length are computed anew.
//!
//! # Why it matters
//!
//! Prefill work multiplies without a single token more asked for; replicas for it are wasted.
//!
//! # Told from its neighbours by
//!
//! Cache misses that grew by more than the prompts did, in a cache of the old size.
//!
//! # False friends
//!
//! A restarted engine, whose cache fills again within minutes; a smaller cache, which evicts what
//! it
//! held.
//!
//! # The action is wrong when
//!
//! The shared text changed for good: then the prompts are simply long.
//!
//! # Sources
//!
//! vLLM's counters of prefix-cache queries and hits.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::text::number::percent;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::memory::MemoryState;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::PrefixCacheCollapse,
    class: Class::Cause,
    needs: &[SignalId::PrefixHitRatio],
    uses: &[
        SignalId::PromptTokensPerRequest,
        SignalId::ComputedPromptTokensPerRequest,
        SignalId::PrefillTime,
    ],
    confusable: &[CauseId::LongPrompts, CauseId::KvThrash, CauseId::LoadAboveCapacity],
    action: Some(ActionId::RestorePrefixCache),
    ask: ask::<PrefixCacheCollapse>,
};

struct PrefixCacheCollapse;

impl Cause for PrefixCacheCollapse {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some(misses) = facts.work.misses else {
            return Answer::unknown("there is no baseline with prompt lengths and cache hits");
        };
        let (now, before) = (percent(1.0 - misses.now), percent(1.0 - misses.before));
        let text = format!("the prefix cache holds {now} of the prompt tokens, was {before}");
        if !facts.work.cache_collapsed {
            return Answer::clear(text);
        }
        if facts.work.giants.is_some_and(|giants| giants.are_more) {
            return Answer::unknown(format!("{text}, and giant prompts came, which share nothing"));
        }
        if facts.memory.shrank {
            return Answer::clear("the KV cache became smaller: it evicts what it held");
        }
        if facts.memory.state == MemoryState::Thrashing {
            return Answer::unknown(format!(
                "{text}, and requests are preempted: memory may be why"
            ));
        }
        let arrivals = facts.arrivals.change.filter(|_| facts.arrivals.grew);
        if arrivals.is_some_and(|arrivals| arrivals.factor() > misses.factor()) {
            return Answer::unknown(format!("{text}, and more requests arrive than before"));
        }
        if facts.restarts.lately && facts.admission.cap.is_some() {
            return Answer::unknown("a new process began with an empty cache, and another cap");
        }
        if !facts.impact.is_hurt() {
            return Answer::clear(format!("{text}, and every objective is met"));
        }
        let (hits, line) = (1.0 - misses.now, Line::baseline(1.0 - misses.before));
        let signal = SignalId::PrefixHitRatio;
        Answer::Firing(exact(signal, "ratio", hits, Compare::AtMost, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, words: &Words<'_>) -> Explanation {
        Told {
            lead: "Prompts miss the prefix cache".to_owned(),
            detail: "They are as long as before, and more of each is computed: prefill takes the time \
                     that the queue waits for.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::RestorePrefixCache,
                "Find what changed at the front of the prompts (a date, an id, the order of messages) or \
                 in the routing, and move it behind the shared text.",
                "Prefill falls back to what it was.",
            )
            .copy("PromQL", hits_a_second(words))
            .avoid(ActionId::AddReplicas, "Each new replica begins with an empty cache.")
            .build(),
        }
        .by(found, facts)
    }
}

fn hits_a_second(words: &Words<'_>) -> String {
    format!("rate({}[5m])", words.scope.selector(Family::PrefixCacheHits, None))
}
