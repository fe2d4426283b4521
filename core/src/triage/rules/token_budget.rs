//! Requests wait because a step computes no more tokens, while slots and memory are free.
//!
//! # Why it matters
//!
//! One flag repairs it, and more slots do not.
//!
//! # Told from its neighbours by
//!
//! A queue beside free slots and a free cache, small steps, and prompts that take several of them.
//!
//! # False friends
//!
//! Prompts that became long need more of the same budget; an engine whose tokens are late already
//! has no room for larger steps.
//!
//! # The action is wrong when
//!
//! Inter-token latency is at its target: larger steps make it miss.
//!
//! # Sources
//!
//! Scheduler of vLLM V1: a step takes tokens of prompts up to `max_num_batched_tokens`. Its
//! histogram of tokens per step counts prompts where they end, so that it does not show the budget.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::knobs::Knob;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;

use crate::text::decimal::shortest;
use crate::text::number::{number, significant};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::TokenBudget,
    class: Class::Cause,
    needs: &[SignalId::Waiting, SignalId::QueueTime],
    uses: &[SignalId::KvUsage, SignalId::Running, SignalId::Itl],
    confusable: &[CauseId::SlotCap, CauseId::LongPrompts, CauseId::LoadAboveCapacity],
    action: Some(ActionId::RaiseTokenBudget),
    ask: ask::<TokenBudget>,
};

struct TokenBudget;

/// Budgets that are advised, tokens: the least that vLLM sets by itself, and the largest at which a
/// step does not stall those who decode for most of a second.
const ADVICE: (f64, f64) = (2048.0, 8192.0);

/// Four times as many tokens as a step computes now, as a power of two.
fn advice(tokens: f64) -> f64 {
    let mut advice = ADVICE.0;
    while advice < 4.0 * tokens && advice < ADVICE.1 {
        advice *= 2.0;
    }
    advice
}

impl Cause for TokenBudget {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let admission = &facts.admission;
        if facts.queue.level != Level::High || admission.waiting_for_capacity <= 0.0 {
            return Answer::clear("requests hardly wait for capacity");
        }
        if let Some(other) = facts.waits_for_pool() {
            return Answer::clear(other);
        }
        if admission.cap.is_some() {
            return Answer::clear("the slots are used up");
        }
        if facts.memory.is_full() {
            return Answer::clear("the KV cache is full");
        }
        if facts.memory.peak.is_none() {
            return Answer::unknown("KV cache usage is not measured: memory may be why");
        }
        let is_held = admission.is_deferred == Some(true) || admission.always_deferred > 0.0;
        let is_held = is_held || facts.drifted().is_some();
        if facts.spread.held_back.as_ref().is_some_and(|held| !held.has_room) {
            return Answer::unknown(
                "requests wait at one replica, whose KV cache usage is not measured: memory may be why",
            );
        }
        if is_held || facts.spread.uneven.is_some() {
            return Answer::clear("requests wait for something other than a step");
        }
        let Some(small) = facts.prefill.small_steps else {
            return Answer::clear("steps are large, or a prompt takes hardly more than one");
        };
        if facts.arrivals.grew && facts.queue.grew() {
            return Answer::unknown("more requests arrive than before");
        }
        if facts.restarts.loops.is_some() || !facts.restarts.warming.is_empty() {
            return Answer::unknown("a process restarted, and its first steps are slow");
        }
        if !facts.impact.is_hurt() {
            return Answer::clear("every objective is met");
        }
        let step_time = &facts.step_time;
        let grown = step_time.grown(step_time.safe_growth).zip(step_time.target);
        if grown.is_none_or(|(grown, target)| grown > target.value) {
            return Answer::clear("ITL has no room for larger steps");
        }
        let text = format!(
            "a step computes {} prompt tokens on average, and a prompt takes {} steps",
            number(libm::round(small.tokens)),
            significant(small.steps)
        );
        let line = Line::constant(small.line);
        let signal = SignalId::ComputedPromptTokensPerRequest;
        Answer::Firing(exact(signal, "tokens/step", small.tokens, Compare::AtMost, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, words: &Words<'_>) -> Explanation {
        let flag = words.scope.flag(Knob::TokenBudget);
        let named = flag.unwrap_or("the token budget of a step");
        let advice = advice(found.value);
        let mut action = ActionBuilder::new(
            ActionId::RaiseTokenBudget,
            format!("Raise {named} to {}.", shortest(advice)),
            "Prompts are computed in fewer steps, and the queue drains while tokens have room.",
        );
        if let Some(flag) = flag {
            action = action.copy("flag", format!("{flag}={}", shortest(advice)));
        }
        Told {
            lead: "A step computes no more tokens, and prompts queue for it".to_owned(),
            detail: "Slots and KV cache are free, and tokens are within their target.",
            replicas: Vec::new(),
            claims: Excess {
                queue: facts.impact.excess.queue,
                prefill: facts.impact.excess.prefill,
                ..Excess::default()
            },
            action: action
                .then("Check that ITL stays within its target.")
                .avoid(ActionId::RaiseMaxNumSeqs, "Slots are free.")
                .build(),
        }
        .by(found, facts)
    }
}
