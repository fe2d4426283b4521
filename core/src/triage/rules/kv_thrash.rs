//! The key-value cache is full and running requests are thrown out to make room.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::growth::counter::CounterColumn;
use crate::signal::level::Level;
use crate::text::number::{counted, number, percent, percent_at_most, seconds};
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Threshold, exact, ruled_out};
use crate::triage::finding::Action;
use crate::triage::finding::Compare;
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};

/// Preemptions per finished request from which recomputation matters.
///
/// One in fifty: each preempted request repeats its whole prefill, so at 2 % the work lost is of
/// the order of the noise between hours. A tenth of that fires on a single unlucky long prompt; ten
/// times as much stays silent while every fifth request is computed twice.
const PREEMPTIONS_PER_REQUEST: f64 = 0.02;

/// Peak KV usage that must accompany preemptions. The engine preempts only when no free block is
/// left, but the gauge is sampled and the freed blocks of the victim are gone from it: 0.8 leaves
/// room for one large victim.
const FULL: f64 = 0.8;

pub(crate) static KV_THRASH: Rule = Rule {
    id: CauseId::KvThrash,
    condition: "The key-value cache is full and running requests are preempted and computed again.",
    matters: "Preempted work is done twice, and its stall hides inside decode time.",
    needs: &[SignalId::Preemptions],
    uses: &[
        SignalId::KvUsage,
        SignalId::Running,
        SignalId::Waiting,
        SignalId::DecodeTime,
        SignalId::Itl,
    ],
    confusable: &[CauseId::SlotCap, CauseId::SlowDecode, CauseId::OfferedLoad],
    action: Some(ActionGuide {
        id: ActionId::RaiseKvMemory,
        costs: "A restart of the engine, and device memory that nothing else may need.",
        wrong_when: "preemptions came from a single burst that is over.",
    }),
    sources: "Scheduler of vLLM V1: recompute preemption when no block can be allocated for a running request.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    let preemptions = context.preemptions().unwrap_or(0.0);
    if preemptions <= 0.0 {
        return Answer::clear(match context.kv_peak() {
            Some(peak) => format!(
                "nothing was preempted; the KV cache is at most {} used",
                percent_at_most(peak)
            ),
            None => "nothing was preempted".to_owned(),
        });
    }
    let Some(finished) = context.now.finished().filter(|finished| *finished > 0.0) else {
        return Answer::unknown("requests were preempted, but none finished to compare them with");
    };
    let rate = preemptions / finished;
    if rate < PREEMPTIONS_PER_REQUEST {
        return Answer::clear(format!(
            "{} for {}: too few to matter",
            counted(preemptions, "preemption", "preemptions"),
            counted(finished, "finished request", "finished requests")
        ));
    }
    if let Some(peak) = context.kv_peak().filter(|peak| *peak < FULL) {
        return Answer::clear(format!(
            "requests were preempted although the KV cache is at most {} used",
            percent(peak)
        ));
    }
    Answer::Firing(Box::new(case(context, preemptions, finished)))
}

fn case(context: &Context<'_>, preemptions: f64, finished: f64) -> Case {
    let rate = preemptions / finished;
    let full = context
        .kv_peak()
        .map(|peak| format!(" (peak usage {})", percent(peak)))
        .unwrap_or_default();
    let mut evidence = vec![exact(
        SignalId::Preemptions,
        "requests",
        rate,
        Compare::AtLeast,
        Threshold::constant(PREEMPTIONS_PER_REQUEST),
        format!(
            "{} for {}",
            counted(preemptions, "preemption", "preemptions"),
            counted(finished, "finished request", "finished requests")
        ),
    )];
    if let Some(peak) = context.kv_peak() {
        evidence.push(exact(
            SignalId::KvUsage,
            "ratio",
            peak,
            Compare::AtLeast,
            Threshold::constant(FULL),
            format!("the KV cache reached {}", percent(peak)),
        ));
    }
    let mut rules_out = vec![ruled_out(
        CauseId::SlotCap,
        "memory, not the number of slots, decides how many sequences run".to_owned(),
    )];
    if context.level(SignalId::Itl) != Level::Normal {
        rules_out.push(ruled_out(
            CauseId::SlowDecode,
            format!(
                "{} preemptions stall decode; the device need not be slow",
                number(preemptions)
            ),
        ));
    }
    Case {
        severity: context.severity(),
        sentence: format!(
            "The KV cache is full{full} and requests are thrown out of the batch: {} for {}.",
            counted(preemptions, "preemption", "preemptions"),
            counted(finished, "finished request", "finished requests")
        ),
        detail: match context.now.mean(Family::DecodeTime) {
            Some(decode) => format!(
                "A preempted request gives up its cache and computes its prompt and output again; the stall is booked as \
                 decode, which takes {} on average.",
                seconds(decode)
            ),
            None => {
                "A preempted request gives up its cache and computes its prompt and output again."
                    .to_owned()
            }
        },
        evidence,
        rules_out,
        replicas: preempting(context),
        since: first_preemption(context),
        action: Some(action(context)),
    }
}

fn preempting(context: &Context<'_>) -> Vec<String> {
    let grew = |preemptions: &CounterColumn| {
        preemptions
            .increase(context.now.first, context.now.last)
            .is_some_and(|increase| increase > 0.0)
    };
    context
        .replicas
        .iter()
        .filter(|replica| replica.counter(Family::Preemptions).is_some_and(grew))
        .map(|replica| replica.key.clone())
        .collect::<Vec<_>>()
}

/// Time of the sample at which the preemptions of the window began, if the data before it show
/// none.
fn first_preemption(context: &Context<'_>) -> Option<i64> {
    let first = context
        .replicas
        .iter()
        .filter_map(|replica| replica.counter(Family::Preemptions)?.first_rise())
        .min();
    // A first growth between the first two samples may have begun before the data.
    first.filter(|&index| index > 1).map(|index| context.grid.times()[index])
}

fn action(context: &Context<'_>) -> Action {
    let words = context.scope.profile.words;
    let fits = context.sequences_that_fit().map(|fit| libm::floor(fit).max(1.0));
    let mut builder = ActionBuilder::new(ActionId::RaiseKvMemory,
        format!(
            "Give the cache more room: raise {}, or store it smaller with {}.",
            words.kv_memory_flag, words.kv_type_flag
        ),
        "What runs at once fits into the cache; preemptions stop, and their recomputation with them.",
    )
    .copy("flag", words.kv_memory_flag)
    .then("Where no memory is left, add replicas: each brings a cache of its own.");
    if context.now.gauge(Family::Waiting).is_some_and(|waiting| waiting.max <= 0.0)
        && let Some(fits) = fits
    {
        builder = builder.then(format!(
            "Or set {} to about {}, what the cache holds of requests like these; more will then wait in the queue.",
            words.concurrency_flag,
            number(fits)
        ));
    }
    builder
        .then("Check that preemptions stop.")
        .copy("PromQL", format!("increase({}[5m])", context.selector("num_preemptions_total")))
        .avoid(ActionId::RaiseMaxNumSeqs, "more sequences share a cache that is already too small")
        .avoid(
            ActionId::LowerKvMemory,
            format!("a smaller {} shrinks the cache", words.kv_memory_flag),
        )
        .build()
}
