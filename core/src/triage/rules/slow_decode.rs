//! Tokens come slower than their target, and neither memory nor a grown batch explains it.

use crate::profile::family::Family;
use crate::report::{Action, Evidence, Level};
use crate::signal::level::{percentile_name, target};
use crate::signal::measurements::Measurements;
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Compare, Threshold, between, exact, ruled_out};
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};
use crate::wording::{number, percent, seconds, seconds_at_least};

/// Growth against the baseline that counts as one, of the batch, of the live tokens and of the time a token takes beyond
/// them: below a fifth more, each is lost in the wobble.
const GREW: f64 = 1.2;

/// KV usage from which the live tokens matter to a step. The cache of a well-filled device is about as large as its
/// weights, which every step reads; less than a fifth of it adds little to them.
const LIVE_TOKENS_MATTER: f64 = 0.2;

pub(crate) static SLOW_DECODE: Rule = Rule {
    id: "slow-decode",
    condition: "Inter-token latency is above its target, and neither preemption nor a grown batch explains it.",
    matters: "Every reader of a stream feels it; its causes lie below the scheduler.",
    needs: &["itl"],
    uses: &["running", "preemptions", "kv_usage", "generation_tokens_per_request", "queue_time"],
    confusable: &["kv-thrash", "offered-load"],
    action: Some(ActionGuide {
        id: "inspect-device",
        costs: "Nothing: it reads clocks, power and kernels.",
        wrong_when: "the batch or the context grew with the latency.",
    }),
    sources: "Inter-token latency is one observation an output; a step takes α + β·batch.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    match context.level("itl") {
        Level::High => {}
        Level::Unknown => {
            let reason = context.signal("itl").map_or("", |signal| signal.level_reason.as_str());
            return Answer::unknown(format!("inter-token latency cannot be judged: {reason}"));
        }
        Level::Normal | Level::Low => return Answer::clear("inter-token latency is within its target"),
    }
    if context.preemptions().is_some_and(|count| count > 0.0) && context.kv_peak().is_none_or(|peak| peak >= 0.8) {
        return Answer::clear("preemptions stall decode; the device need not be slow");
    }
    if context.level("queue_time") == Level::High {
        return Answer::clear("requests queue too: the engine is loaded, and its batch is what slows tokens");
    }
    if let Some(reason) = explained_by_growth(context) {
        return Answer::clear(reason);
    }
    let batches = |window: &Measurements| window.gauge(Family::Running).map(|running| running.mean);
    Answer::Firing(Box::new(case(context, batches(context.now).zip(context.baseline.and_then(batches)))))
}

/// Why tokens may be slower although the device is not: more sequences in a step, or more tokens behind each.
///
/// A step takes α + β·batch + γ·live tokens, so it grows by at most the factor by which the faster growing of the two
/// grew. What exceeds that is not explained.
fn explained_by_growth(context: &Context<'_>) -> Option<String> {
    let baseline = context.baseline?;
    let mean = |window: &Measurements, family| window.gauge(family).map(|gauge| gauge.mean);
    let growth = |family| Some((mean(baseline, family).filter(|before| *before > 0.0)?, mean(context.now, family)?));
    let factor = |pair: &(f64, f64)| pair.1 / pair.0;
    let batch = growth(Family::Running).filter(|pair| factor(pair) > GREW);
    let usage = growth(Family::KvUsage).filter(|pair| factor(pair) > GREW && pair.1 >= LIVE_TOKENS_MATTER);
    let explained = batch.iter().chain(&usage).map(factor).reduce(f64::max)?;
    let slowdown = baseline.mean(Family::Itl).zip(context.now.mean(Family::Itl)).map(|(before, now)| now / before);
    if slowdown.is_some_and(|slowdown| slowdown > GREW * explained) {
        return None;
    }
    let usage = usage.filter(|pair| batch.is_none_or(|batch| factor(pair) > factor(&batch)));
    Some(match (usage, batch) {
        (Some((before, now)), _) => format!(
            "the sequences hold {} of the KV cache instead of {}: each step reads more, which slows every token",
            percent(now),
            percent(before)
        ),
        (None, Some((before, now))) => {
            format!("the batch grew from {} to {} sequences, which slows every token", number(before), number(now))
        }
        (None, None) => return None,
    })
}

fn case(context: &Context<'_>, batches: Option<(f64, f64)>) -> Case {
    let mean = context.mean("itl").unwrap_or(0.0);
    let before = context.baseline.and_then(|baseline| baseline.mean(Family::Itl));
    let change = match (before, batches) {
        (Some(before), Some((batch, batch_before))) => format!(
            "Before, tokens came every {} at a batch of {}; now the batch is {}.",
            seconds(before),
            number(batch_before),
            number(batch)
        ),
        (Some(before), None) => format!("Before, tokens came every {}.", seconds(before)),
        (None, _) => {
            "There is no baseline, so a device that became slow and a batch that always was this large look the same."
                .to_owned()
        }
    };
    let mut rules_out = Vec::new();
    if let Some(memory) = context.memory_phrase() {
        rules_out.push(ruled_out("kv-thrash", memory));
    }
    if let Some(queue) = context.mean("queue_time") {
        rules_out.push(ruled_out("offered-load", format!("requests queue for only {}", seconds(queue))));
    }
    Case {
        severity: context.severity(),
        sentence: format!("Decode is slow: tokens come every {} on average{}.", seconds(mean), not_short(context)),
        detail: change,
        evidence: evidence(context, mean, before),
        rules_out,
        replicas: Vec::new(),
        since: context.changed_at,
        action: Some(action(context)),
    }
}

/// What the engine is shown not to lack; nothing where it is not measured.
fn not_short(context: &Context<'_>) -> &'static str {
    match (context.level("queue_time") == Level::Normal, context.memory_phrase().is_some()) {
        (true, true) => ", and the engine is not short of slots or memory",
        (true, false) => ", and requests do not queue",
        (false, true) => ", and the engine is not short of memory",
        (false, false) => "",
    }
}

fn evidence(context: &Context<'_>, mean: f64, before: Option<f64>) -> Vec<Evidence> {
    let mut list = Vec::new();
    if let (Some(quantile), Some((line, source))) =
        (context.objective_quantile("itl"), target(&context.settings.slo, "itl"))
    {
        list.push(between(
            "itl",
            "s",
            (quantile.point.unwrap_or(quantile.lo), quantile.lo, quantile.hi),
            Compare::Above,
            Threshold { value: line, source },
            format!(
                "inter-token latency {} is above {}, the target is {}",
                percentile_name(quantile.q),
                seconds_at_least(quantile.lo),
                seconds(line)
            ),
        ));
    }
    if let Some(before) = before {
        list.push(exact(
            "itl",
            "s",
            mean,
            Compare::Above,
            Threshold::baseline(before),
            format!("the mean is {}, {} of the baseline's {}", seconds(mean), percent(mean / before), seconds(before)),
        ));
    }
    list
}

fn action(context: &Context<'_>) -> Action {
    ActionBuilder::new(
        "inspect-device",
        "Look at the devices of these replicas: clocks, power and thermal throttling, and errors on their links.",
        "A throttled device gets its speed back once the cause (power cap, cooling, neighbour) is gone.",
    )
    .copy("PromQL", "DCGM_FI_DEV_SM_CLOCK")
    .then("Compare tokens per second between replicas at equal batch; one that differs is sick, all together point to a release.")
    .copy("PromQL", format!("rate({}[5m])", context.selector("generation_tokens_total")))
    .avoid("raise-max-num-seqs", "a larger batch makes each token slower")
    .build()
}
