//! The key-value cache is full, and running requests are preempted and computed again.
//!
//! # Why it matters
//!
//! Preempted work is done twice, and its stall hides inside decode time.
//!
//! # Told from its neighbours by
//!
//! Preemptions beside a full cache. Without preemptions a full cache only holds admission back.
//!
//! # False friends
//!
//! Preemptions while the cache has room come from priorities, not from memory.
//!
//! # The action is wrong when
//!
//! The preemptions came from a single burst that is over.
//!
//! # Sources
//!
//! Scheduler of vLLM V1: recompute preemption when no block can be allocated for a running request.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::knobs::Knob;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::text::decimal;
use crate::text::foreign::plain;
use crate::text::number::{counted, number, percent, percent_at_most, seconds};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact, ruled_out};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::facts::memory::MemoryState;
use crate::triage::facts::step_time::Slowdown;
use crate::triage::finding::{Action, Compare, Evidence, RuledOut};
use crate::triage::ledger::Ledger;

pub(super) static RULE: Rule = Rule {
    id: CauseId::KvThrash,
    class: Class::Cause,
    needs: &[SignalId::Preemptions],
    uses: &[
        SignalId::KvUsage,
        SignalId::Running,
        SignalId::Waiting,
        SignalId::DecodeTime,
        SignalId::Itl,
    ],
    confusable: &[CauseId::SlotCap, CauseId::SlowDecode, CauseId::LoadAboveCapacity],
    action: Some(ActionId::RaiseKvMemory),
    ask: ask::<KvThrash>,
};

struct KvThrash;

/// Preemptions beside the requests that finished.
struct Thrashing {
    preemptions: f64,
    finished: f64,
}

impl Thrashing {
    /// `83 preemptions for 120 finished requests`.
    fn compared(&self, facts: &Facts) -> String {
        let preemptions = facts.memory.preemptions_text();
        if self.finished > 0.0 {
            let finished = counted(self.finished, "finished request", "finished requests");
            format!("{preemptions} for {finished}")
        } else {
            format!("{preemptions}, and no request finished")
        }
    }
}

impl Cause for KvThrash {
    type State = Thrashing;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Thrashing> {
        let memory = &facts.memory;
        let preemptions = memory.preemptions.unwrap_or(0.0);
        let finished = memory.finished.unwrap_or(0.0);
        if let Some(other) = facts.waits_for_pool() {
            return Answer::clear(other);
        }
        match memory.state {
            MemoryState::Unmeasured | MemoryState::Free | MemoryState::Full => {
                Answer::clear(match memory.peak {
                    Some(peak) => {
                        format!("no preemptions; KV cache usage ≤ {}", percent_at_most(peak))
                    }
                    None => "no preemptions".to_owned(),
                })
            }
            MemoryState::PreemptedWithoutFinishes => {
                Answer::unknown("requests were preempted, but none finished to compare them with")
            }
            MemoryState::FewPreemptions => Answer::clear(format!(
                "{} for {}: too few to matter",
                memory.preemptions_text(),
                counted(finished, "finished request", "finished requests")
            )),
            MemoryState::PreemptedForAnotherReason => Answer::clear(format!(
                "requests were preempted although KV cache usage is at most {}",
                percent(memory.peak.unwrap_or(0.0))
            )),
            MemoryState::Thrashing if facts.impact.is_well() && !facts.is_hurt_somewhere() => {
                Answer::clear("requests are preempted, and every objective is met all the same")
            }
            MemoryState::Thrashing if facts.admission.deferred_hold_memory() => {
                Answer::clear("requests that wait for their remote cache hold the memory")
            }
            MemoryState::Thrashing if !facts.is_hurt_somewhere() && preemptions < finished => {
                Answer::unknown(format!(
                    "{}, and whether an objective is missed cannot be judged",
                    memory.preemptions_text()
                ))
            }
            MemoryState::Thrashing
                if preemptions < finished
                    && (is_filled(facts)
                        || (!memory.shrank
                            && !facts.arrivals.grew
                            && facts.step_time.slowdown == Slowdown::Unexplained)) =>
            {
                Answer::unknown("the cache is full, but it holds as many sequences as before")
            }
            MemoryState::Thrashing
                if !facts.has_baseline
                    && facts.step_time.is_late()
                    && preemptions < SURELY * finished =>
            {
                Answer::unknown(
                    "tokens are late too, and what slows them fills the cache as well: there is no \
                     baseline",
                )
            }
            MemoryState::Thrashing => Answer::Firing(Thrashing { preemptions, finished }),
        }
    }

    fn explain(state: &Thrashing, facts: &Facts, words: &Words<'_>) -> Explanation {
        let queue = facts.queue.mean.filter(|_| facts.queue.level == Level::High);
        let waits = queue.map_or_else(String::new, |queue| {
            format!(", and new requests queue for {}", seconds(queue))
        });
        Explanation {
            severity: facts.impact.severity,
            sentence: format!("KV cache is full: {}{waits}.", state.compared(facts)),
            detail: match facts.impact.mean(SignalId::DecodeTime) {
                Some(decode) => format!(
                    "A preempted request gives up its cache and computes its prompt and output again; \
                     the stall counts as decode time, {} on average.",
                    seconds(decode)
                ),
                None => {
                    "A preempted request gives up its cache and computes its prompt and output \
                         again."
                        .to_owned()
                }
            },
            evidence: evidence(state, facts),
            rules_out: rules_out(facts),
            replicas: facts.memory.preempting.clone(),
            since: facts.memory.since,
            action: Some(action(facts, words)),
            claims: claims(state, facts),
        }
    }
}

/// Whether a grown batch filled a cache that did not change, and not because more requests came to
/// a device with room: then memory is what they lack. Where each request is thrown out once on
/// average, it is whatever filled it.
fn is_filled(facts: &Facts) -> bool {
    let batch = facts.step_time.running;
    let is_load = batch.is_some_and(|batch| facts.arrivals.own(batch));
    facts.memory.is_filled(&facts.step_time) && (!is_load || facts.step_time.is_late())
}

/// Preemptions per finished request from which they explain all the added time: a tenth of the
/// requests stalls and computes twice, and their share of the cache is computed for nothing. Fewer
/// explain as much less, so that another cause with evidence comes first.
const EXPLAINS_ALL: f64 = 0.1;

/// The same from which they are the cause beside late tokens without a baseline: what slows tokens
/// fills the cache as well, and then few of the requests are thrown out. Lower, each overload of a
/// full cache is one; higher, every fifth request is computed twice and nobody is told.
const SURELY: f64 = 0.15;

fn claims(state: &Thrashing, facts: &Facts) -> Excess {
    let rate = state.preemptions / state.finished.max(1.0);
    let share = (rate / EXPLAINS_ALL).min(1.0);
    let Excess { queue, decode, .. } = facts.impact.excess;
    // More load fills a cache that did not change; where the device has no room either, the queue
    // is the load's.
    let owns_queue =
        !facts.arrivals.grew || facts.memory.shrank || !facts.step_time.is_at_frontier();
    Excess {
        queue: if owns_queue { share * queue } else { 0.0 },
        decode: share * decode,
        ..Excess::default()
    }
}

fn evidence(state: &Thrashing, facts: &Facts) -> Vec<Evidence> {
    let memory = &facts.memory;
    let (value, line) = if state.finished > 0.0 {
        (state.preemptions / state.finished, memory.rate_line)
    } else {
        (state.preemptions, memory.least_preemptions)
    };
    let preemptions = exact(
        SignalId::Preemptions,
        "requests",
        value,
        Compare::AtLeast,
        Line::constant(line),
        state.compared(facts),
    );
    let peak = memory.peak.map(|peak| {
        exact(
            SignalId::KvUsage,
            "ratio",
            peak,
            Compare::AtLeast,
            Line::constant(memory.peak_line),
            format!("KV cache usage reached {}", percent(peak)),
        )
    });
    std::iter::once(preemptions).chain(peak).collect_vec()
}

fn rules_out(facts: &Facts) -> Vec<RuledOut> {
    let mut list = vec![ruled_out(
        CauseId::SlotCap,
        "memory, not the number of slots, decides how many sequences run",
    )];
    if facts.step_time.level != Level::Normal {
        list.push(ruled_out(
            CauseId::SlowDecode,
            format!("{} stall decode; the GPU need not be slow", facts.memory.preemptions_text()),
        ));
    }
    list
}

/// A share of device memory from which nothing is left to give: the engine needs some for
/// activations, and drivers for themselves.
const MEMORY_SHARE_TAKEN: f64 = 0.95;

/// The first step and its flag: more memory where there is some, a smaller type where that is not
/// in use yet, else more replicas.
fn more_memory(words: &Words<'_>) -> (String, Option<String>) {
    let scope = words.scope;
    let now = scope.configured(Knob::KvMemory);
    let is_taken = now
        .as_deref()
        .and_then(|share| decimal::parse(share.as_bytes()))
        .is_some_and(|share| share >= MEMORY_SHARE_TAKEN);
    let raise = scope.flag(Knob::KvMemory).filter(|_| !is_taken).map(|flag| {
        let from = now.map_or_else(String::new, |share| format!(" (now {})", plain(&share, 20)));
        (format!("raise {flag}{from}"), flag)
    });
    let smaller = scope
        .flag(Knob::KvType)
        .filter(|_| !scope.is_in_force(Knob::KvType))
        .map(|flag| (format!("store it smaller with {flag}"), flag));
    match (raise, smaller) {
        (Some((raise, flag)), Some((smaller, _))) => (
            format!("Give the KV cache more memory: {raise}, or {smaller}."),
            Some(flag.to_owned()),
        ),
        (Some((step, flag)), None) | (None, Some((step, flag))) => {
            (format!("Give the KV cache more room: {step}."), Some(flag.to_owned()))
        }
        (None, None) => (
            "Add replicas, each with its own cache: this one already has all memory and the smallest \
             type."
                .to_owned(),
            None,
        ),
    }
}

pub(super) fn action(facts: &Facts, words: &Words<'_>) -> Action {
    let (step, flag) = more_memory(words);
    let preempts = facts.memory.preempts();
    let effect = if preempts {
        "Everything that runs fits into the cache: preemptions stop, and nothing is computed twice."
    } else {
        "What waits for room in the cache is admitted: the queue drains."
    };
    let mut builder = ActionBuilder::new(ActionId::RaiseKvMemory, step, effect);
    if let Some(flag) = flag {
        builder = builder
            .copy("flag", flag)
            .then("If no memory is left, add replicas: each brings its own cache.");
    }
    let nothing_waits = facts.admission.waiting.is_some_and(|waiting| waiting <= 0.0);
    if let Some(fits) = facts.memory.sequences_that_fit.filter(|_| nothing_waits) {
        builder = builder.then(format!(
            "Or set {} to about {}, the number of such requests that fit; more will then wait in the \
             queue.",
            words.scope.flag(Knob::Concurrency).unwrap_or_default(),
            number(libm::floor(fits).max(1.0))
        ));
    }
    let builder = if preempts {
        let count = words.scope.selector(Family::Preemptions, None);
        builder
            .then("Check that preemptions stop.")
            .copy("PromQL", format!("increase({count}[5m])"))
    } else {
        builder
            .then("Check that the queue drains.")
            .copy("PromQL", format!("sum({})", words.scope.selector(Family::Waiting, None)))
    };
    builder
        .avoid(
            ActionId::RaiseMaxNumSeqs,
            "More sequences would share a cache that is already full.",
        )
        .avoid(ActionId::LowerKvMemory, "Less memory shrinks the cache further.")
        .build()
}
