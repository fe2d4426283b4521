//! Every objective is met, shown by numbers.

use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::Signal;
use crate::signal::level::Level;
use crate::signal::level::{percentile_name, target};
use crate::text::decimal::shortest;
use crate::text::number::{counted, number, seconds, seconds_at_most};
use crate::triage::context::Context;
use crate::triage::evidence::{Threshold, between};
use crate::triage::finding::Compare;
use crate::triage::finding::{Evidence, Severity};
use crate::triage::rule::{Answer, Case, Rule};

/// Signals whose objective must not be missed.
const OBJECTIVES: [SignalId; 4] = [SignalId::Ttft, SignalId::Itl, SignalId::Tpot, SignalId::E2e];

pub(crate) static HEALTHY: Rule = Rule {
    id: CauseId::Healthy,
    condition: "Time to first token and inter-token latency are within their targets, requests do not queue, and nothing else is missed.",
    matters: "Silence is not health: the verdict is given only where the numbers prove it.",
    needs: &[SignalId::Ttft, SignalId::QueueTime, SignalId::Itl],
    uses: &[
        SignalId::E2e,
        SignalId::Tpot,
        SignalId::Waiting,
        SignalId::Preemptions,
        SignalId::Running,
        SignalId::LostRequests,
    ],
    confusable: &[CauseId::CannotTell],
    action: None,
    sources: "The objectives in the settings.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    let q = context.settings.slo.quantile;
    let least = libm::ceil(1.0 / (1.0 - q));
    let finished = context.now.finished().unwrap_or(0.0);
    if finished < least {
        return Answer::unknown(format!(
            "{} finished; a {} needs at least {}",
            counted(finished, "request", "requests"),
            percentile_name(q),
            shortest(least)
        ));
    }
    for name in OBJECTIVES.into_iter().chain([
        SignalId::QueueTime,
        SignalId::PrefillTime,
        SignalId::FrontEndTime,
    ]) {
        if let Some(signal) = context.signal(name).filter(|signal| signal.level == Level::High) {
            return Answer::clear(format!("{}: {}", signal.id.name(), signal.level_reason));
        }
    }
    for name in [SignalId::Ttft, SignalId::Itl, SignalId::QueueTime] {
        if let Some(signal) = context.signal(name).filter(|signal| signal.level == Level::Unknown) {
            return Answer::unknown(format!("{}: {}", signal.id.name(), signal.level_reason));
        }
    }
    if let Some((lost, begun)) = context.lost_requests() {
        return Answer::unknown(format!(
            "{} of {} that got a first token did not finish, more than run at once: clients give up or requests fail, and \
             what is fast about the others says nothing of them",
            counted(lost, "request", "requests"),
            number(begun)
        ));
    }
    Answer::Firing(Box::new(case(context, finished)))
}

fn upper(signal: Option<&Signal>, context: &Context<'_>, name: SignalId) -> Option<String> {
    let quantile = signal.and_then(|_| context.objective_quantile(name))?;
    let (line, _) = target(&context.settings.slo, name)?;
    Some(format!(
        "{} at most {} (target {})",
        percentile_name(quantile.q),
        seconds_at_most(quantile.hi?),
        seconds(line)
    ))
}

fn case(context: &Context<'_>, finished: f64) -> Case {
    let ttft = upper(context.signal(SignalId::Ttft), context, SignalId::Ttft).unwrap_or_default();
    let itl = upper(context.signal(SignalId::Itl), context, SignalId::Itl).unwrap_or_default();
    let queue = context.mean(SignalId::QueueTime).unwrap_or(0.0);
    let waited = match context.now.gauge(Family::Waiting).map(|gauge| gauge.max) {
        Some(most) if most > 0.0 => {
            format!(", up to {} waiting at once", counted(most, "request", "requests"))
        }
        Some(_) => ", no request seen waiting".to_owned(),
        None => String::new(),
    };
    let whole = match context.signal(SignalId::E2e) {
        Some(signal) if signal.level == Level::Unknown => {
            format!(" End to end: {}.", signal.level_reason)
        }
        Some(_) => upper(context.signal(SignalId::E2e), context, SignalId::E2e)
            .map(|text| format!(" End to end: {text}."))
            .unwrap_or_default(),
        None => String::new(),
    };
    Case {
        severity: Severity::Ok,
        sentence: format!("Healthy: time to first token {ttft}, inter-token latency {itl}."),
        detail: format!(
            "{} finished; they queued for {} on average{waited}.{whole}",
            counted(finished, "request", "requests"),
            seconds(queue)
        ),
        evidence: OBJECTIVES.iter().filter_map(|name| within(context, *name)).collect::<Vec<_>>(),
        rules_out: Vec::new(),
        replicas: Vec::new(),
        since: None,
        action: None,
    }
}

fn within(context: &Context<'_>, name: SignalId) -> Option<Evidence> {
    let signal = context.signal(name)?;
    let quantile = context.objective_quantile(name)?;
    let (line, source) = target(&context.settings.slo, name)?;
    Some(between(
        name,
        "s",
        (quantile.point.unwrap_or(quantile.lo), quantile.lo, quantile.hi),
        Compare::AtMost,
        Threshold { value: line, source },
        format!("{}: {}", signal.id.name(), signal.level_reason),
    ))
}
