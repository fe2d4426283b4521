//! The key-value cache is full and running requests are thrown out to make room.

use crate::growth::counter::CounterColumn;
use crate::list::Listed;
use crate::profile::family::Family;
use crate::report::{Action, Level};
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Compare, Threshold, exact, ruled_out};
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};
use crate::wording::{counted, number, percent, percent_at_most, seconds};

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
    id: "kv-thrash",
    condition: "The key-value cache is full and running requests are preempted and computed again.",
    matters: "Preempted work is done twice, and its stall hides inside decode time.",
    needs: &["preemptions"],
    uses: &["kv_usage", "running", "waiting", "decode_time", "itl"],
    confusable: &["slot-cap", "slow-decode", "offered-load"],
    action: Some(ActionGuide {
        id: "raise-kv-memory",
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
        "preemptions",
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
            "kv_usage",
            "ratio",
            peak,
            Compare::AtLeast,
            Threshold::constant(FULL),
            format!("the KV cache reached {}", percent(peak)),
        ));
    }
    let mut rules_out = vec![ruled_out(
        "slot-cap",
        "memory, not the number of slots, decides how many sequences run".to_owned(),
    )];
    if context.level("itl") != Level::Normal {
        rules_out.push(ruled_out(
            "slow-decode",
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
        .list()
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
    let mut builder = ActionBuilder::new(
        "raise-kv-memory",
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
        .avoid("raise-max-num-seqs", "more sequences share a cache that is already too small")
        .avoid("lower-kv-memory", format!("a smaller {} shrinks the cache", words.kv_memory_flag))
        .build()
}
