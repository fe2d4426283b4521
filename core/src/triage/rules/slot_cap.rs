//! Requests wait because the engine admits no more sequences, while memory is free and tokens come
//! fast.
//!
//! # Why it matters
//!
//! One flag repairs it; another replica costs a device for what the flag gives.
//!
//! # Told from its neighbours by
//!
//! A batch that stands at one number while requests wait, room in the key-value cache, and an
//! inter-token latency that stays within its target at twice the batch.
//!
//! # False friends
//!
//! A prefill-bound engine stands still too, and so does one whose slots are held by deferred
//! requests. More load fills slots that were chosen for the cache, which has no room for twice as
//! many.
//!
//! # The action is wrong when
//!
//! The cache fills up, or inter-token latency nears its target at the present batch.
//!
//! # Sources
//!
//! Scheduler of vLLM V1 (a waiting request is admitted when slots, blocks and token budget allow);
//! plateau test.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::knobs::Knob;
use crate::catalogue::signals::SignalId;
use crate::limits::plateau::dip_text;
use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::text::decimal::shortest;
use crate::text::number::{chosen_seconds, counted, number, percent, seconds};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact, ruled_out};
use crate::triage::facts::Facts;
use crate::triage::facts::admission::Cap;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Action, Compare, Evidence, RuledOut};
use crate::triage::ledger::Ledger;

pub(super) static RULE: Rule = Rule {
    id: CauseId::SlotCap,
    class: Class::Cause,
    needs: &[SignalId::Running, SignalId::Waiting, SignalId::QueueTime],
    uses: &[
        SignalId::KvUsage,
        SignalId::Preemptions,
        SignalId::Itl,
        SignalId::PrefillTime,
        SignalId::Ttft,
    ],
    confusable: &[
        CauseId::LoadAboveCapacity,
        CauseId::KvThrash,
        CauseId::LongPrompts,
        CauseId::SlowDecode,
    ],
    action: Some(ActionId::RaiseMaxNumSeqs),
    ask: ask::<SlotCap>,
};

/// The largest cap that is ever advised: vLLM's own default for large devices.
const LARGEST_ADVICE: f64 = 1024.0;

struct SlotCap;

/// A cap with room above it.
struct Capped {
    cap: Cap,
    /// Mean time of a token, seconds.
    token_time: f64,
    /// The same at twice the batch, at most.
    grown: f64,
    /// Target of the inter-token latency.
    target: Line,
}

impl Cause for SlotCap {
    type State = Capped;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Capped> {
        let Some(cap) = &facts.admission.cap else {
            return match held_otherwise(facts) {
                Some(held) => Answer::unknown(held),
                None => Answer::clear(no_cap_reason(facts)),
            };
        };
        if facts.queue.level != Level::High {
            return Answer::clear(format!(
                "running stands at {}, but queue wait is only {}",
                number(cap.slots),
                seconds(facts.queue.seconds())
            ));
        }
        if !facts.admission.waited() {
            return Answer::clear("no request waited in any scrape");
        }
        let is_late =
            facts.queue.takes_target() && facts.impact.level(SignalId::Ttft) == Level::Unknown;
        if !facts.is_hurt_somewhere() && !is_late {
            return if facts.impact.is_well() {
                Answer::clear("requests queue within every objective")
            } else {
                Answer::unknown("whether the queue makes requests miss an objective cannot be told")
            };
        }
        if let Some(share) = facts.prefill.share.filter(|_| facts.prefill.is_bound) {
            return Answer::clear(format!(
                "prefill takes {} of inference; a prefill-bound engine stands still too",
                percent(share)
            ));
        }
        if facts.drifted().is_some() {
            return Answer::clear("other replicas pass that number");
        }
        if let Some(fits) = facts.fills_slots() {
            return Answer::clear(format!(
                "a larger batch filled the slots, and the KV cache fits about {} such sequences: it has no \
                 room for twice the batch",
                number(libm::floor(fits))
            ));
        }
        room(facts, cap)
    }

    fn explain(state: &Capped, facts: &Facts, words: &Words<'_>) -> Explanation {
        let sequences = counted(state.cap.slots, "running sequence", "running sequences");
        let queue = seconds(facts.queue.seconds());
        let share = facts
            .queue
            .share
            .map_or_else(String::new, |share| format!(" ({} of their time)", percent(share)));
        Explanation {
            severity: facts.impact.severity,
            sentence: match facts.memory.peak {
                Some(_) => {
                    format!("Admission is capped at {sequences}; memory is not the constraint.")
                }
                None => format!("Admission is capped at {sequences}."),
            },
            detail: format!(
                "Requests wait {queue} for a slot{share}. The engine itself is fast (ITL {}). {}{}",
                seconds(state.token_time),
                memory_text(facts),
                autoscaler_text(state, facts)
            ),
            evidence: evidence(state, facts),
            rules_out: rules_out(state, facts),
            replicas: state.cap.replicas.clone(),
            since: state.cap.since,
            action: Some(action(state, facts, words)),
            claims: Excess { queue: facts.impact.excess.queue, ..Excess::default() },
        }
    }
}

/// Whether the batch may grow within the target.
fn room(facts: &Facts, cap: &Cap) -> Answer<Capped> {
    let step_time = &facts.step_time;
    let (Some(token_time), Some(grown)) =
        (step_time.token_time, step_time.grown(step_time.safe_growth))
    else {
        return Answer::unknown("ITL is not measured, so room for a larger batch cannot be shown");
    };
    let Some(target) = step_time.target else {
        return Answer::unknown("there is no target for ITL");
    };
    if grown > target.value && facts.step_time.is_guess() {
        return Answer::unknown("what a token takes in a larger batch is not measured");
    }
    if grown > target.value {
        return Answer::clear(format!(
            "no headroom for a larger batch: ITL is {}, target {}",
            seconds(token_time),
            chosen_seconds(target.value)
        ));
    }
    Answer::Firing(Capped { cap: cap.clone(), token_time, grown, target })
}

/// What else may hold admission while the batch stands still.
fn held_otherwise(facts: &Facts) -> Option<String> {
    let admission = &facts.admission;
    if let Some(adapters) = admission.adapters {
        return Some(format!(
            "{} of {} in use while {} more wanted",
            adapters.running,
            counted(adapters.slots as f64, "adapter slot is", "adapter slots are"),
            counted(adapters.waiting as f64, "adapter is", "adapters are")
        ));
    }
    (admission.always_deferred > 0.0).then(|| {
        format!(
            "{} deferred all the time and may hold slots beside those that run",
            counted(admission.always_deferred, "request was", "requests were")
        )
    })
}

fn no_cap_reason(facts: &Facts) -> String {
    match facts.admission.running {
        _ if !facts.admission.waited() => "no request waited in any scrape".to_owned(),
        Some((least, most)) if least < most => format!(
            "running varied between {} and {} while requests waited, or memory was full",
            number(least),
            number(most)
        ),
        _ => "too few scrapes show waiting requests beside a steady batch".to_owned(),
    }
}

/// Why more replicas did not repair it.
fn autoscaler_text(state: &Capped, facts: &Facts) -> String {
    let (capped, engines) = (state.cap.replicas.len(), facts.spread.engines);
    facts.scheduler.scaled_out().map_or_else(String::new, |scaled| {
        let each = if capped == 0 || capped >= engines {
            "each".to_owned()
        } else {
            format!("{capped} of {engines}")
        };
        format!(" Scaling out did not repair it: {scaled}, and the cap holds on {each}.")
    })
}

fn memory_text(facts: &Facts) -> String {
    match (facts.memory.peak, facts.memory.phrase()) {
        (Some(_), Some(memory)) => format!("Memory is free: {memory}."),
        (None, Some(preemptions)) => format!("KV cache usage was not measured; {preemptions}."),
        (_, None) => "Memory was not measured.".to_owned(),
    }
}

fn evidence(state: &Capped, facts: &Facts) -> Vec<Evidence> {
    let cap = &state.cap;
    let stands = cap.seen.map(|(at_cap, scrapes)| {
        exact(
            SignalId::Running,
            "requests",
            cap.slots,
            Compare::AtLeast,
            Line::limit(cap.slots),
            stands_text(cap, at_cap, scrapes),
        )
    });
    let room = exact(
        SignalId::Itl,
        "s",
        state.grown,
        Compare::AtMost,
        state.target,
        room_text(state, facts),
    );
    let list = stands.into_iter().chain(facts.queue.evidence()).chain([room]);
    list.chain(facts.memory.room_evidence()).collect_vec()
}

fn stands_text(cap: &Cap, at_cap: usize, scrapes: usize) -> String {
    let slots = number(cap.slots) + &dip_text(cap.dip);
    if at_cap == scrapes {
        format!("running was {slots} in all {scrapes} scrapes that saw requests waiting")
    } else {
        format!("running was {slots} in {at_cap} of {scrapes} scrapes that saw requests waiting")
    }
}

fn room_text(state: &Capped, facts: &Facts) -> String {
    let (now, then, line) =
        (seconds(state.token_time), seconds(state.grown), chosen_seconds(state.target.value));
    match facts.step_time.law {
        Some(law) => format!(
            "ITL is {now}; by the step time ({} + {} per sequence, from baseline and window) it would \
             be {then} at twice the batch, target {line}",
            seconds(law.alpha),
            seconds(law.beta)
        ),
        None => format!(
            "ITL is {now}; even if doubling the batch doubled ITL, it would be {then}, target {line}"
        ),
    }
}

fn rules_out(state: &Capped, facts: &Facts) -> Vec<RuledOut> {
    let mut list = Vec::new();
    if let Some(memory) = facts.memory.phrase() {
        list.push(ruled_out(CauseId::KvThrash, memory));
    }
    list.push(ruled_out(
        CauseId::LoadAboveCapacity,
        format!(
            "the engine has room: ITL ≤ {} at twice the batch, target {}",
            seconds(state.grown),
            chosen_seconds(state.target.value)
        ),
    ));
    if let (Some(prefill), Some(share)) = (facts.prefill.mean, facts.prefill.share) {
        list.push(ruled_out(
            CauseId::LongPrompts,
            format!("prefill takes {}, {} of inference", seconds(prefill), percent(share)),
        ));
    }
    if facts.step_time.level == Level::Normal {
        list.push(ruled_out(CauseId::SlowDecode, format!("ITL {}", facts.step_time.reason)));
    }
    list
}

/// The demand seen, with room for twice as much, as the next power of two; never more than what the
/// cache was seen to fit.
fn suggested_cap(facts: &Facts, cap: f64, demand: f64) -> f64 {
    let mut suggestion = 1.0;
    while suggestion < facts.step_time.safe_growth * demand.max(cap) && suggestion < LARGEST_ADVICE
    {
        suggestion *= 2.0;
    }
    let fits = facts.memory.sequences_that_fit;
    fits.map_or(suggestion, |fit| suggestion.min(libm::floor(fit)).max(cap + 1.0))
}

/// What becomes of the inter-token latency with all that wait in one batch. Beyond its target that
/// is a bound and no forecast, and so the batch up to which it is kept for sure is told.
fn token_text(state: &Capped, facts: &Facts, grown: f64, demand: f64) -> String {
    let target = state.target.value;
    let kept = facts.step_time.growth_within(target).map(|growth| growth * state.cap.slots);
    match kept.map(libm::floor) {
        Some(kept) if grown > target && kept < demand => format!(
            "ITL surely stays within {} up to {} at once, so go there first where late tokens matter \
             more than the queue",
            chosen_seconds(target),
            number(kept)
        ),
        _ => format!(
            "ITL stays ≤ {} with all {} in one batch",
            seconds(grown),
            counted(demand, "request", "requests")
        ),
    }
}

fn action(state: &Capped, facts: &Facts, words: &Words<'_>) -> Action {
    let flag = words.scope.flag(Knob::Concurrency).unwrap_or_default();
    let cap = state.cap.slots;
    let demand = facts.admission.demand.unwrap_or(cap).max(cap);
    let suggestion = suggested_cap(facts, cap, demand);
    let grown = facts.step_time.grown(demand / cap).unwrap_or(state.grown);
    let fits = facts.memory.sequences_that_fit.map_or_else(String::new, |fit| {
        format!(" (the cache fits about {} such sequences)", number(libm::floor(fit)))
    });
    ActionBuilder::new(
        ActionId::RaiseMaxNumSeqs,
        format!("Raise {flag} from {} to {}{fits}.", number(cap), number(suggestion)),
        format!(
            "Queue wait drops from {} to about 0; {}.",
            seconds(facts.queue.seconds()),
            token_text(state, facts, grown, demand)
        ),
    )
    .copy("flag", format!("{flag}={}", shortest(suggestion)))
    .then("Check after the restart that no request waits.")
    .copy("PromQL", format!("max_over_time({}[5m])", words.scope.selector(Family::Waiting, None)))
    .then("Find what set the cap: manifest, Helm value, or a default of the image.")
    .avoid(
        ActionId::LowerMaxNumSeqs,
        "Fewer slots make every request wait longer, and memory gains nothing.",
    )
    .avoid(
        ActionId::ScaleOutFirst,
        "Don't scale out first: this GPU already has room for the missing slots.",
    )
    .build()
}
