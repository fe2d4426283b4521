//! Requests wait because the key-value cache has no room for another prompt, and nothing is
//! preempted.
//!
//! # Why it matters
//!
//! Memory, not compute, limits how many sequences run.
//!
//! # Told from its neighbours by
//!
//! A full cache and hardly a preemption while requests wait for capacity.
//!
//! # False friends
//!
//! More load or longer requests fill a cache that did not change, unless it fits so few sequences
//! that the device has room for more of them whatever the load is.
//!
//! # The action is wrong when
//!
//! Requests became longer, or more of them arrive: then the cache is only where it shows.
//!
//! # Sources
//!
//! Scheduler of vLLM V1: a prompt is admitted when its blocks are free and a watermark stays.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::text::number::{number, percent};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::memory::MemoryState;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::rules::kv_thrash;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::KvAdmission,
    class: Class::Cause,
    needs: &[SignalId::Waiting, SignalId::QueueTime, SignalId::KvUsage],
    uses: &[SignalId::Preemptions, SignalId::Itl, SignalId::Running],
    confusable: &[CauseId::KvThrash, CauseId::SlotCap, CauseId::LoadAboveCapacity],
    action: Some(ActionId::RaiseKvMemory),
    ask: ask::<KvAdmission>,
};

struct KvAdmission;

impl Cause for KvAdmission {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let (memory, admission) = (&facts.memory, &facts.admission);
        if facts.queue.level != Level::High || admission.waiting_for_capacity <= 0.0 {
            return Answer::clear("requests hardly wait for capacity");
        }
        if let Some(other) = facts.waits_for_pool() {
            return Answer::clear(other);
        }
        let peak = memory.peak.unwrap_or(0.0);
        // Room that admission keeps for outputs is free and not to be had.
        let is_full = memory.may_hold_admission();
        if !is_full {
            return Answer::clear(format!("KV cache usage is at most {}", percent(peak)));
        }
        if memory.state == MemoryState::Thrashing {
            return Answer::clear("running requests are preempted, which costs more than the wait");
        }
        if admission.is_deferred == Some(true) || admission.adapters.is_some() {
            return Answer::unknown("requests may wait for something other than capacity");
        }
        if !facts.has(SignalId::Preemptions) {
            return Answer::unknown(
                "the cache is full, and whether running requests are preempted is not measured",
            );
        }
        if !memory.shrank && !memory.is_narrow() && facts.has_baseline {
            return Answer::unknown("the cache is full, but it holds as many sequences as before");
        }
        let text = match memory.fits.filter(|_| memory.shrank) {
            Some(fits) => format!(
                "KV cache usage reached {} and fits {} sequences, was {}",
                percent(peak),
                number(libm::floor(fits.now)),
                number(libm::floor(fits.before))
            ),
            None => match memory.sequences_that_fit.filter(|_| memory.is_narrow()) {
                Some(fits) => format!(
                    "KV cache usage reached {}, and it fits {} such sequences",
                    percent(peak),
                    number(libm::floor(fits))
                ),
                None => format!("KV cache usage reached {}", percent(peak)),
            },
        };
        let line = Line::constant(memory.full_line.min(peak));
        Answer::Firing(exact(SignalId::KvUsage, "ratio", peak, Compare::AtLeast, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, words: &Words<'_>) -> Explanation {
        Told {
            lead: "Memory holds admission back".to_owned(),
            detail: "A prompt waits until its blocks are free; what runs is not disturbed.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: kv_thrash::action(facts, words),
        }
        .by(found, facts)
    }
}
