//! Requests wait for a slot, not for memory or speed.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::catalogue::signals::SignalId;
use crate::limits::Provenance;
use crate::signal::level::Level;
use crate::signal::level::target;
use crate::text::decimal::shortest;
use crate::text::number::{counted, number, percent, percent_at_most, seconds};
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Threshold, exact, ruled_out};
use crate::triage::finding::Compare;
use crate::triage::finding::{Action, Evidence, RuledOut};
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};

/// Share of inference from which prefill, not slots, may hold the batch down: a prefill-bound
/// engine plateaus too.
const PREFILL_BOUND_SHARE: f64 = 0.5;

/// The batch must be allowed to grow by this factor within the objective for the cap to be the
/// fault.
///
/// A step takes α + β·batch with α ≥ 0, so a batch twice as large makes a token at most twice as
/// slow; where the baseline ran with another batch, the law itself says how much. If that stays
/// within the objective, doubling the cap is safe; if not, the engine is near its frontier and load
/// is the matter.
pub(crate) const SAFE_GROWTH: f64 = 2.0;

pub(crate) static SLOT_CAP: Rule = Rule {
    id: CauseId::SlotCap,
    condition: "Requests wait because the engine admits no more sequences, while memory is free and tokens come fast.",
    matters: "One flag repairs it; another replica costs a device for what the flag gives.",
    needs: &[SignalId::Running, SignalId::Waiting, SignalId::QueueTime],
    uses: &[
        SignalId::KvUsage,
        SignalId::Preemptions,
        SignalId::Itl,
        SignalId::PrefillTime,
        SignalId::Ttft,
    ],
    confusable: &[
        CauseId::OfferedLoad,
        CauseId::KvThrash,
        CauseId::LongPrompts,
        CauseId::SlowDecode,
    ],
    action: Some(ActionGuide {
        id: ActionId::RaiseMaxNumSeqs,
        costs: "A restart of the engine; each running sequence holds key-value cache.",
        wrong_when: "the cache fills up or inter-token latency nears its target at the present batch.",
    }),
    sources: "Scheduler of vLLM V1 (a waiting request is admitted when slots, blocks and token budget allow); plateau test.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    let Some(cap) = context
        .limits
        .get(LimitId::MaxNumSeqs)
        .filter(|cap| cap.usage_share.is_some_and(|share| share >= 1.0))
    else {
        return Answer::clear(no_cap_reason(context));
    };
    let queue = context.mean(SignalId::QueueTime).unwrap_or(0.0);
    if context.level(SignalId::QueueTime) != Level::High {
        return Answer::clear(format!(
            "running stands at {}, but requests queue for only {}",
            number(cap.value),
            seconds(queue)
        ));
    }
    let waiting = context.now.gauge(Family::Waiting).map_or(0.0, |gauge| gauge.max);
    if waiting <= 0.0 {
        return Answer::clear("no request waited in any scrape");
    }
    if let Some(share) = context.prefill_share().filter(|share| *share >= PREFILL_BOUND_SHARE) {
        return Answer::clear(format!(
            "prefill takes {} of inference; a prefill-bound engine stands still too",
            percent(share)
        ));
    }
    let Some(token_time) = context.token_time() else {
        return Answer::unknown(
            "inter-token latency is not measured, so room for a larger batch cannot be shown",
        );
    };
    let Some((itl_target, source)) = target(&context.settings.slo, SignalId::Itl) else {
        return Answer::unknown("there is no target for inter-token latency");
    };
    let grown = context.grown_token_time(token_time, SAFE_GROWTH);
    if grown > itl_target {
        return Answer::clear(format!(
            "a token takes {}, too close to the target of {} to run a larger batch",
            seconds(token_time),
            seconds(itl_target)
        ));
    }
    let room = exact(
        SignalId::Itl,
        "s",
        grown,
        Compare::AtMost,
        Threshold { value: itl_target, source },
        room_text(context, token_time, grown, itl_target),
    );
    Answer::Firing(Box::new(case(context, cap.value, token_time, itl_target, room)))
}

fn room_text(context: &Context<'_>, token_time: f64, grown: f64, itl_target: f64) -> String {
    let (now, then, line) = (seconds(token_time), seconds(grown), seconds(itl_target));
    match context.step_law() {
        Some(law) => format!(
            "tokens come every {now}; by the step time ({} + {} a sequence, from baseline and window) twice the batch makes \
             that {then}, within the target of {line}",
            seconds(law.alpha),
            seconds(law.beta)
        ),
        None => format!(
            "tokens come every {now}; even if twice the batch took twice the step, that is {then}, within the target of {line}"
        ),
    }
}

fn no_cap_reason(context: &Context<'_>) -> String {
    let waited = context.now.gauge(Family::Waiting).is_some_and(|gauge| gauge.max > 0.0);
    match context.now.gauge(Family::Running) {
        _ if !waited => "no request waited in any scrape".to_owned(),
        Some(running) if running.min < running.max => format!(
            "the batch varied between {} and {} while requests waited, or memory was full",
            number(running.min),
            number(running.max)
        ),
        _ => "too few scrapes show waiting requests beside a steady batch".to_owned(),
    }
}

fn case(context: &Context<'_>, cap: f64, token_time: f64, itl_target: f64, room: Evidence) -> Case {
    let queue = context.mean(SignalId::QueueTime).unwrap_or(0.0);
    let limit = context.limits.get(LimitId::MaxNumSeqs);
    let inferred = limit.is_some_and(|limit| limit.provenance == Provenance::Inferred);
    let share = context.mean(SignalId::E2e).filter(|whole| *whole > 0.0).map(|whole| queue / whole);
    let wait = match share {
        Some(share) => {
            format!("Requests wait {} for a slot, {} of their time", seconds(queue), percent(share))
        }
        None => format!("Requests wait {} for a slot", seconds(queue)),
    };
    Case {
        severity: context.severity(),
        sentence: match context.kv_peak() {
            Some(_) => {
                format!("Admission is capped at {}; memory is not the constraint.", sequences(cap))
            }
            None => format!("Admission is capped at {}.", sequences(cap)),
        },
        detail: format!(
            "{wait}, while the engine is fast: tokens come every {}. {}",
            seconds(token_time),
            match (context.kv_peak(), context.memory_phrase()) {
                (Some(_), Some(memory)) => format!("Memory is free: {memory}."),
                (None, Some(preemptions)) =>
                    format!("How full the KV cache is is not measured; there were {preemptions}."),
                (_, None) => "Memory is not measured.".to_owned(),
            }
        ),
        evidence: evidence(context, cap, inferred, room),
        rules_out: rules_out(context, token_time, itl_target),
        replicas: context
            .limits
            .plateaus
            .iter()
            .map(|plateau| plateau.replica.clone())
            .collect::<Vec<_>>(),
        since: limit.and_then(|limit| limit.since),
        action: Some(action(context, cap, token_time, queue)),
    }
}

fn sequences(cap: f64) -> String {
    counted(cap, "running sequence", "running sequences")
}

fn evidence(context: &Context<'_>, cap: f64, inferred: bool, room: Evidence) -> Vec<Evidence> {
    let mut list = Vec::new();
    if let Some(plateau) = context.limits.plateaus.first().filter(|_| inferred) {
        list.push(exact(
            SignalId::Running,
            "requests",
            plateau.cap,
            Compare::AtLeast,
            Threshold::limit(cap),
            format!(
                "running stood at exactly {} in {} of the {} while requests waited",
                number(cap),
                plateau.at_cap,
                counted(plateau.waiting_scrapes as f64, "scrape", "scrapes")
            ),
        ));
    }
    list.extend(context.queue_evidence());
    list.push(room);
    if let Some(peak) = context.kv_peak() {
        list.push(exact(
            SignalId::KvUsage,
            "ratio",
            peak,
            Compare::AtMost,
            Threshold::constant(0.9),
            format!("the KV cache is at most {} used", percent_at_most(peak)),
        ));
    }
    list
}

fn rules_out(context: &Context<'_>, token_time: f64, itl_target: f64) -> Vec<RuledOut> {
    let mut list = Vec::new();
    if let Some(memory) = context.memory_phrase() {
        list.push(ruled_out(CauseId::KvThrash, memory));
    }
    list.push(ruled_out(
        CauseId::OfferedLoad,
        format!(
            "the engine has room: at twice the batch a token takes at most {}, the target is {}",
            seconds(context.grown_token_time(token_time, SAFE_GROWTH)),
            seconds(itl_target)
        ),
    ));
    if let (Some(prefill), Some(share)) =
        (context.mean(SignalId::PrefillTime), context.prefill_share())
    {
        list.push(ruled_out(
            CauseId::LongPrompts,
            format!("prefill takes {}, {} of inference", seconds(prefill), percent(share)),
        ));
    }
    if context.level(SignalId::Itl) == Level::Normal
        && let Some(signal) = context.signal(SignalId::Itl)
    {
        list.push(ruled_out(
            CauseId::SlowDecode,
            format!("inter-token latency: {}", signal.level_reason),
        ));
    }
    list
}

/// The demand seen, with room for twice as much, as the next power of two; never more than what the
/// cache was seen to fit.
fn suggested_cap(context: &Context<'_>, cap: f64, demand: f64) -> f64 {
    let mut suggestion = 1.0;
    while suggestion < SAFE_GROWTH * demand.max(cap) && suggestion < 1024.0 {
        suggestion *= 2.0;
    }
    context
        .sequences_that_fit()
        .map_or(suggestion, |fit| suggestion.min(libm::floor(fit)).max(cap + 1.0))
}

fn action(context: &Context<'_>, cap: f64, token_time: f64, queue: f64) -> Action {
    let flag = context.scope.profile.words.concurrency_flag;
    let demand = context.peak_demand().unwrap_or(cap).max(cap);
    let suggestion = suggested_cap(context, cap, demand);
    let grown = context.grown_token_time(token_time, demand / cap);
    let fits = context
        .sequences_that_fit()
        .map(|fit| {
            format!(" The KV cache fits about {} sequences like these.", number(libm::floor(fit)))
        })
        .unwrap_or_default();
    ActionBuilder::new(ActionId::RaiseMaxNumSeqs,
        format!("Raise {flag} from {} to {}.{fits}", number(cap), number(suggestion)),
        format!(
            "Queue time falls from {} towards 0; with the {} that now run or wait in one batch, a token takes at most {}.",
            seconds(queue),
            counted(demand, "request", "requests"),
            seconds(grown)
        ),
    )
    .copy("flag", format!("{flag}={}", shortest(suggestion)))
    .then("Check after the restart that no request waits.")
    .copy("PromQL", format!("max_over_time({}[5m])", context.selector("num_requests_waiting")))
    .then("Find out what set the cap: a deployment manifest, a Helm value, or a default of the serving image.")
    .avoid(ActionId::LowerMaxNumSeqs, "fewer slots make every request wait longer; nothing is preempted, so memory gains nothing")
    .avoid(ActionId::ScaleOutFirst, "another replica pays a device for slots that this engine already has room for")
    .build()
}
