//! More requests arrive than the engine can serve at its target speed.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::growth::gauge::Gauge;
use crate::scope::engines;
use crate::signal::level::Level;
use crate::signal::level::target;
use crate::text::number::{counted, number, percent, seconds};
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Threshold, exact, ruled_out};
use crate::triage::finding::Action;
use crate::triage::finding::Compare;
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};
use crate::triage::rules::slot_cap::SAFE_GROWTH;
use crate::triage::slowdown::{Slowdown, slowdown};

/// KV usage from which memory may hold admission back without any preemption.
const MEMORY_MAY_HOLD: f64 = 0.9;

pub(crate) static OFFERED_LOAD: Rule = Rule {
    id: CauseId::OfferedLoad,
    condition: "More requests arrive than the engine can serve: they wait, and a larger batch would miss the token target.",
    matters: "No flag repairs it; capacity or admission must change.",
    needs: &[SignalId::Waiting, SignalId::QueueTime],
    uses: &[
        SignalId::Itl,
        SignalId::DecodeTime,
        SignalId::Running,
        SignalId::KvUsage,
        SignalId::Preemptions,
        SignalId::Ttft,
        SignalId::RequestsPerS,
    ],
    confusable: &[CauseId::SlotCap, CauseId::KvThrash, CauseId::SlowDecode],
    action: Some(ActionGuide {
        id: ActionId::AddReplicas,
        costs: "Another device for as long as the load lasts.",
        wrong_when: "the load is a short burst, or one replica of several carries it.",
    }),
    sources: "Step time is affine in the batch, so the bound on a doubled batch tells the frontier.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    let queue = context.mean(SignalId::QueueTime).unwrap_or(0.0);
    // Where the engine tells why requests wait, those that wait for something else than capacity
    // are no load.
    let gauge =
        context.now.gauge(Family::WaitingCapacity).or_else(|| context.now.gauge(Family::Waiting));
    let waiting = gauge.map_or(0.0, |gauge| gauge.max);
    if context.level(SignalId::QueueTime) != Level::High {
        return Answer::clear(format!("requests queue for {} on average", seconds(queue)));
    }
    let deferred = context.now.gauge(Family::WaitingDeferred).map_or(0.0, |gauge| gauge.max);
    if waiting <= 0.0 && deferred > 0.0 {
        return Answer::clear(
            "the requests that wait are deferred: none of them waits for capacity",
        );
    }
    if waiting <= 0.0 {
        return Answer::unknown(
            "finished requests had queued, but no scrape of the window shows a waiting request",
        );
    }
    if context.preemptions().is_some_and(|count| count > 0.0)
        && context.kv_peak().is_none_or(|peak| peak >= MEMORY_MAY_HOLD)
    {
        return Answer::clear("requests are preempted: memory decides, not the load alone");
    }
    let (Some(token_time), Some((itl_target, source))) =
        (context.token_time(), target(&context.settings.slo, SignalId::Itl))
    else {
        return Answer::unknown("the time of a token is not measured, or has no target");
    };
    if slowdown(context) == Slowdown::Unexplained {
        return Answer::clear(
            "tokens slowed down more than the work grew: the device is the matter, and the queue follows",
        );
    }
    if let Some((waiting_at, idle)) = uneven(context) {
        return Answer::clear(format!(
            "requests wait at {waiting_at} of {} while {idle} of them run less than half of what the busiest runs: the \
             load is spread unevenly",
            counted(engines(context.replicas) as f64, "engine", "engines")
        ));
    }
    let grown = context.grown_token_time(token_time, SAFE_GROWTH);
    let saturated = grown > itl_target || context.level(SignalId::Itl) == Level::High;
    if !saturated {
        if let Some(peak) = context.kv_peak().filter(|peak| *peak >= MEMORY_MAY_HOLD) {
            return Answer::unknown(format!(
                "the KV cache is up to {} used without preemptions: memory, not load, may hold admission back",
                percent(peak)
            ));
        }
        return Answer::clear(format!(
            "tokens come every {}; the engine could run a larger batch within its target",
            seconds(token_time)
        ));
    }
    Answer::Firing(Box::new(case(
        context,
        queue,
        waiting,
        token_time,
        Threshold { value: itl_target, source },
    )))
}

/// Engines at which requests waited, and engines at which none did and that run less than half of
/// what the busiest runs; None when there are none of the latter.
fn uneven(context: &Context<'_>) -> Option<(usize, usize)> {
    let summary = |gauge: &Gauge| gauge.window(context.now.first, context.now.last);
    let loads: Vec<(f64, f64)> = context
        .replicas
        .iter()
        .filter_map(|replica| {
            let waiting = replica
                .gauge(Family::WaitingCapacity)
                .or_else(|| replica.gauge(Family::Waiting))?;
            Some((summary(waiting)?.max, summary(replica.gauge(Family::Running)?)?.mean))
        })
        .collect::<Vec<_>>();
    let busiest = loads.iter().map(|(_, running)| *running).fold(0.0, f64::max);
    let idle = loads
        .iter()
        .filter(|(waiting, running)| *waiting <= 0.0 && running * 2.0 < busiest)
        .count();
    (idle > 0).then(|| (loads.iter().filter(|(waiting, _)| *waiting > 0.0).count(), idle))
}

fn case(
    context: &Context<'_>,
    queue: f64,
    waiting: f64,
    token_time: f64,
    itl_target: Threshold,
) -> Case {
    let mut evidence = vec![
        exact(
            SignalId::Waiting,
            "requests",
            waiting,
            Compare::Above,
            Threshold::constant(0.0),
            format!("up to {} waited at once", counted(waiting, "request", "requests")),
        ),
        exact(
            SignalId::Itl,
            "s",
            context.grown_token_time(token_time, SAFE_GROWTH),
            Compare::Above,
            itl_target,
            format!(
                "tokens come every {}; twice the batch could take {}, over the target of {}",
                seconds(token_time),
                seconds(context.grown_token_time(token_time, SAFE_GROWTH)),
                seconds(itl_target.value)
            ),
        ),
    ];
    evidence.extend(context.queue_evidence());
    let mut rules_out = vec![ruled_out(
        CauseId::SlotCap,
        format!(
            "a larger batch has no room: a token already takes {} of {}",
            seconds(token_time),
            seconds(itl_target.value)
        ),
    )];
    if let Some(memory) = context.memory_phrase() {
        rules_out.push(ruled_out(CauseId::KvThrash, memory));
    }
    Case {
        severity: context.severity(),
        sentence: format!(
            "More requests arrive than the engine can serve: they queue for {} while tokens already take {}.",
            seconds(queue),
            seconds(token_time)
        ),
        detail: format!(
            "Up to {} at once. A larger batch would slow every token beyond its target of {}, so the queue can only be \
             served by more engines or fewer requests.",
            counted(waiting, "request waited", "requests waited"),
            seconds(itl_target.value)
        ),
        evidence,
        rules_out,
        replicas: Vec::new(),
        since: context.changed_at,
        action: Some(action(context)),
    }
}

fn action(context: &Context<'_>) -> Action {
    let engines = engines(context.replicas) as f64;
    let demand = context
        .now
        .gauge(Family::Running)
        .zip(context.now.gauge(Family::Waiting))
        .map(|(running, waiting)| (running.mean + waiting.mean) / running.mean)
        .filter(|ratio| ratio.is_finite());
    let sentence = match demand {
        Some(ratio) => format!(
            "Add replicas: {} run now, the load that runs and waits needs about {}.",
            number(engines),
            number(libm::ceil(engines * ratio).max(engines + 1.0))
        ),
        None => "Add replicas, or shed load at the gateway.".to_owned(),
    };
    ActionBuilder::new(
        ActionId::AddReplicas,
        sentence,
        "The queue drains once capacity exceeds what arrives.",
    )
    .then("Until they are up, shed or delay load that nobody waits for.")
    .then("Check that the queue drains.")
    .copy("PromQL", format!("sum({})", context.selector("num_requests_waiting")))
    .avoid(ActionId::RaiseMaxNumSeqs, "a larger batch makes every token slower than its target")
    .build()
}
