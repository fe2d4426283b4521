//! Tokens come slower than their target, and neither memory nor a grown batch explains it.

use crate::list::Listed;
use crate::profile::family::Family;
use crate::report::{Action, Evidence, Level};
use crate::scope::engines;
use crate::signal::level::{percentile_name, target};
use crate::signal::measurements::Measurements;
use crate::signal::step_time::Growth;
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Compare, Threshold, between, exact, ruled_out};
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};
use crate::triage::slowdown::{Slowdown, slowdown};
use crate::wording::{number, percent, seconds, seconds_at_least};

/// Factor between a replica's token time and the fastest one's from which it counts as the slow
/// one. Replicas under one load differ by a tenth or two; a throttled device loses a third of its
/// speed and more.
const SLOW_REPLICA: f64 = 1.5;

/// Factor by which the batch must have grown for the reason to be said; less is wobble.
const BATCH_FOLLOWED: f64 = 1.5;

pub(crate) static SLOW_DECODE: Rule = Rule {
    id: "slow-decode",
    condition: "Inter-token latency is above its target, and neither preemption nor a grown batch explains it.",
    matters: "Every reader of a stream feels it; its causes lie below the scheduler.",
    needs: &["itl"],
    uses: &[
        "tpot",
        "running",
        "preemptions",
        "kv_usage",
        "generation_tokens_per_request",
        "queue_time",
    ],
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
        Level::Normal | Level::Low => {
            return Answer::clear("inter-token latency is within its target");
        }
    }
    if context.preemptions().is_some_and(|count| count > 0.0)
        && context.kv_peak().is_none_or(|peak| peak >= 0.8)
    {
        return Answer::clear("preemptions stall decode; the device need not be slow");
    }
    let slowdown = slowdown(context);
    if let Slowdown::Explained(reason) = slowdown {
        return Answer::clear(reason);
    }
    let growth =
        context.baseline.and_then(|baseline| Growth::of_mean(context.now, baseline, Family::Itl));
    if let Some(growth) = growth.filter(|growth| growth.factor() <= 1.0) {
        return Answer::unknown(format!(
            "tokens come every {} and came every {} in the baseline: a slow device and a batch that always was this large \
             look the same",
            seconds(growth.now),
            seconds(growth.before)
        ));
    }
    if slowdown == Slowdown::None && context.level("queue_time") == Level::High {
        return Answer::clear(
            "requests queue too: the engine is loaded, and its batch is what slows tokens",
        );
    }
    if context.level("tpot") == Level::Normal {
        return Answer::clear(
            "a request's own time per token is within the target: some outputs are late (a prompt computed in the same \
             step) or hold several tokens (speculation), while the device keeps its pace",
        );
    }
    let batches = |window: &Measurements| window.gauge(Family::Running).map(|running| running.mean);
    Answer::Firing(Box::new(case(
        context,
        batches(context.now).zip(context.baseline.and_then(batches)),
    )))
}

/// Replicas that are slower than the fastest by a large factor; none when all are alike.
fn slow_replicas(context: &Context<'_>) -> Vec<String> {
    let (first, last) = (context.now.first, context.now.last);
    let times: Vec<(&str, f64)> = context
        .replicas
        .iter()
        .filter_map(|replica| {
            let columns = replica.histogram(Family::Itl)?;
            let count = columns.count(first, last).filter(|count| *count > 0.0)?;
            Some((replica.key.as_str(), columns.sum(first, last)?.value / count))
        })
        .list();
    let fastest = times.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
    let slow = times.iter().filter(|(_, time)| *time > SLOW_REPLICA * fastest);
    slow.map(|(key, _)| (*key).to_owned()).list()
}

fn case(context: &Context<'_>, batches: Option<(f64, f64)>) -> Case {
    let mean = context.mean("itl").unwrap_or(0.0);
    let before = context.baseline.and_then(|baseline| baseline.mean(Family::Itl));
    let change = match (before, batches) {
        (Some(before), Some((batch, batch_before))) => format!(
            "Before, tokens came every {} at a batch of {}; now the batch is {}{}.",
            seconds(before),
            number(batch_before),
            number(batch),
            if batch > BATCH_FOLLOWED * batch_before {
                ", because each request stays longer, not because there is more to do"
            } else {
                ""
            }
        ),
        (Some(before), None) => format!("Before, tokens came every {}.", seconds(before)),
        (None, _) => {
            "There is no baseline, so a device that became slow and a batch that always was this large look the same."
                .to_owned()
        }
    };
    let replicas = slow_replicas(context);
    let place = match replicas.as_slice() {
        [] => String::new(),
        [one] => format!(" on {one}"),
        several => format!(" on {} of {} replicas", several.len(), engines(context.replicas)),
    };
    let mut rules_out = Vec::new();
    if let Some(memory) = context.memory_phrase() {
        rules_out.push(ruled_out("kv-thrash", memory));
    }
    if let Some(queue) = context.mean("queue_time") {
        rules_out.push(ruled_out(
            "offered-load",
            match context.level("queue_time") {
                Level::High => {
                    "tokens slowed down more than the work grew, and the queue followed".to_owned()
                }
                _ => format!("requests queue for only {}", seconds(queue)),
            },
        ));
    }
    Case {
        severity: context.severity(),
        sentence: format!(
            "Decode is slow{}: tokens come every {} on average{}.",
            place,
            seconds(mean),
            not_short(context)
        ),
        detail: change,
        evidence: evidence(context, mean, before),
        rules_out,
        replicas,
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
            format!(
                "the mean is {}, {} of the baseline's {}",
                seconds(mean),
                percent(mean / before),
                seconds(before)
            ),
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
