//! Tokens come slower than their target, and neither memory nor a grown batch explains it.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::model::step_time::Growth;
use crate::scope::engines;
use crate::signal::level::Level;
use crate::signal::level::{percentile_name, target};
use crate::text::number::{number, percent, seconds, seconds_at_least};
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Threshold, between, exact, ruled_out};
use crate::triage::finding::Compare;
use crate::triage::finding::{Action, Evidence};
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};
use crate::triage::slowdown::{Slowdown, slowdown};
use crate::window::measurements::Measurements;

/// Factor between a replica's token time and the fastest one's from which it counts as the slow
/// one. Replicas under one load differ by a tenth or two; a throttled device loses a third of its
/// speed and more.
const SLOW_REPLICA: f64 = 1.5;

/// Factor by which the batch must have grown for the reason to be said; less is wobble.
const BATCH_FOLLOWED: f64 = 1.5;

pub(crate) static SLOW_DECODE: Rule = Rule {
    id: CauseId::SlowDecode,
    condition: "Inter-token latency is above its target, and neither preemption nor a grown batch explains it.",
    matters: "Every reader of a stream feels it; its causes lie below the scheduler.",
    needs: &[SignalId::Itl],
    uses: &[
        SignalId::Tpot,
        SignalId::Running,
        SignalId::Preemptions,
        SignalId::KvUsage,
        SignalId::GenerationTokensPerRequest,
        SignalId::QueueTime,
    ],
    confusable: &[CauseId::KvThrash, CauseId::OfferedLoad],
    action: Some(ActionGuide {
        id: ActionId::InspectDevice,
        costs: "Nothing: it reads clocks, power and kernels.",
        wrong_when: "the batch or the context grew with the latency.",
    }),
    sources: "Inter-token latency is one observation an output; a step takes α + β·batch.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    match context.level(SignalId::Itl) {
        Level::High => {}
        Level::Unknown => {
            let reason =
                context.signal(SignalId::Itl).map_or("", |signal| signal.level_reason.as_str());
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
    if slowdown == Slowdown::None && context.level(SignalId::QueueTime) == Level::High {
        return Answer::clear(
            "requests queue too: the engine is loaded, and its batch is what slows tokens",
        );
    }
    if context.level(SignalId::Tpot) == Level::Normal {
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
        .collect::<Vec<_>>();
    let fastest = times.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
    let slow = times.iter().filter(|(_, time)| *time > SLOW_REPLICA * fastest);
    slow.map(|(key, _)| (*key).to_owned()).collect::<Vec<_>>()
}

fn case(context: &Context<'_>, batches: Option<(f64, f64)>) -> Case {
    let mean = context.mean(SignalId::Itl).unwrap_or(0.0);
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
        rules_out.push(ruled_out(CauseId::KvThrash, memory));
    }
    if let Some(queue) = context.mean(SignalId::QueueTime) {
        rules_out.push(ruled_out(
            CauseId::OfferedLoad,
            match context.level(SignalId::QueueTime) {
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
    match (context.level(SignalId::QueueTime) == Level::Normal, context.memory_phrase().is_some()) {
        (true, true) => ", and the engine is not short of slots or memory",
        (true, false) => ", and requests do not queue",
        (false, true) => ", and the engine is not short of memory",
        (false, false) => "",
    }
}

fn evidence(context: &Context<'_>, mean: f64, before: Option<f64>) -> Vec<Evidence> {
    let mut list = Vec::new();
    if let (Some(quantile), Some((line, source))) =
        (context.objective_quantile(SignalId::Itl), target(&context.settings.slo, SignalId::Itl))
    {
        list.push(between(
            SignalId::Itl,
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
            SignalId::Itl,
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
    ActionBuilder::new(ActionId::InspectDevice,
        "Look at the devices of these replicas: clocks, power and thermal throttling, and errors on their links.",
        "A throttled device gets its speed back once the cause (power cap, cooling, neighbour) is gone.",
    )
    .copy("PromQL", "DCGM_FI_DEV_SM_CLOCK")
    .then("Compare tokens per second between replicas at equal batch; one that differs is sick, all together point to a release.")
    .copy("PromQL", format!("rate({}[5m])", context.selector("generation_tokens_total")))
    .avoid(ActionId::RaiseMaxNumSeqs, "a larger batch makes each token slower")
    .build()
}
