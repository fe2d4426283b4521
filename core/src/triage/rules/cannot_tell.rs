//! No verdict stands on these data; the sentence says what is missing.

use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::signal::level::percentile_name;
use crate::small::text::joined;
use crate::text::number::{counted, number, seconds};
use crate::triage::context::Context;
use crate::triage::finding::Severity;
use crate::triage::rule::{Answer, Case, Rule};

pub(crate) static CANNOT_TELL: Rule = Rule {
    id: CauseId::CannotTell,
    condition: "The data do not hold enough to name a cause or to call the engine healthy.",
    matters: "A wrong confident sentence costs more than an honest gap.",
    needs: &[],
    uses: &[
        SignalId::Ttft,
        SignalId::QueueTime,
        SignalId::Itl,
        SignalId::E2e,
        SignalId::Running,
        SignalId::Waiting,
        SignalId::LostRequests,
    ],
    confusable: &[CauseId::Healthy],
    action: None,
    sources: "What the other rules need.",
    check,
};

/// Always holds: it is asked only when no other rule fired.
fn check(context: &Context<'_>) -> Answer {
    let (sentence, detail) = explain(context);
    Answer::Firing(Box::new(Case {
        severity: Severity::Unknown,
        sentence,
        detail,
        evidence: Vec::new(),
        rules_out: Vec::new(),
        replicas: Vec::new(),
        since: None,
        action: None,
    }))
}

fn explain(context: &Context<'_>) -> (String, String) {
    let finished = context.now.finished();
    let in_flight = context.now.gauge(Family::Running).map_or(0.0, |gauge| gauge.last)
        + context.now.gauge(Family::Waiting).map_or(0.0, |gauge| gauge.last);
    let q = context.settings.slo.quantile;
    let least = libm::ceil(1.0 / (1.0 - q));
    match finished {
        None => missing_families(context),
        Some(finished) if finished <= 0.0 && in_flight > 0.0 => hanging(context, in_flight),
        Some(finished) if finished <= 0.0 => (
            "No request ran in this window, so there is nothing to judge.".to_owned(),
            "The engine is idle here; choose a window with traffic.".to_owned(),
        ),
        Some(finished) if finished < least => (
            format!(
                "Only {} finished in this window; a {} needs at least {}.",
                counted(finished, "request", "requests"),
                percentile_name(q),
                number(least)
            ),
            "Widen the window or wait for more traffic; the means below are exact for the requests that did finish."
                .to_owned(),
        ),
        Some(_) => unexplained(context),
    }
}

/// Requests in flight and none finished: the histograms are silent, the counter of output tokens is
/// not.
fn hanging(context: &Context<'_>, in_flight: f64) -> (String, String) {
    let flight = counted(in_flight, "request is", "requests are");
    match context.now.increase(Family::GenerationTokens) {
        Some(tokens) if tokens <= 0.0 => (
            format!("{flight} in flight, but no token was produced and none finished in this window."),
            "The engine hangs, or its gauges are stale: some releases keep the last value when all requests are aborted at \
             once. Send one request; if it gets no answer, restart the engine."
                .to_owned(),
        ),
        Some(tokens) => (
            format!("{flight} in flight and none finished in this window, though {} tokens were produced.", number(tokens)),
            "Latency histograms are written when a request finishes. Widen the window to one that holds whole requests."
                .to_owned(),
        ),
        None => (
            format!("{flight} in flight and none finished in this window."),
            "Latency histograms are written when a request finishes, so a hang shows as silence. Widen the window."
                .to_owned(),
        ),
    }
}

fn missing_families(context: &Context<'_>) -> (String, String) {
    let missing: Vec<String> = [Family::Ttft, Family::QueueTime, Family::Itl, Family::E2e]
        .into_iter()
        .filter(|family| !context.scope.has(*family))
        .map(|family| family.title().to_ascii_lowercase())
        .collect::<Vec<_>>();
    let what = if missing.is_empty() {
        "the latency histograms have fewer than two samples here".to_owned()
    } else {
        format!("{} not in the data", are(&missing))
    };
    (
        format!("No diagnosis: {what}."),
        "The engine's latency histograms are needed; see that the query selects the _bucket, _sum and _count series too.".to_owned(),
    )
}

fn are(names: &[String]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", joined(names, ", "))
}

/// Enough requests, but a level that no rule explains or that cannot be judged.
fn unexplained(context: &Context<'_>) -> (String, String) {
    let order = [
        SignalId::Ttft,
        SignalId::Itl,
        SignalId::QueueTime,
        SignalId::Tpot,
        SignalId::E2e,
        SignalId::PrefillTime,
        SignalId::FrontEndTime,
    ];
    let high: Vec<_> = order
        .iter()
        .filter_map(|name| context.signal(*name))
        .filter(|signal| signal.level == Level::High)
        .collect::<Vec<_>>();
    if let Some(first) = high.first() {
        let others: Vec<String> =
            high[1..].iter().map(|signal| signal.id.name()).collect::<Vec<_>>();
        let more = if others.is_empty() {
            String::new()
        } else {
            format!(" Also high: {}.", joined(&others, ", "))
        };
        let where_to_look = match context
            .mean(SignalId::GenerationTokensPerRequest)
            .zip(context.mean(SignalId::DecodeTime))
        {
            Some((tokens, decode)) if first.id == SignalId::E2e => format!(
                " Decode takes {} for {} output tokens a request: long outputs alone can miss an end-to-end target.",
                seconds(decode),
                number(libm::round(tokens))
            ),
            _ => String::new(),
        };
        return (
            format!(
                "{} is high ({}), and no known cause fits.",
                first.id.title(),
                first.level_reason
            ),
            format!("The pattern points to: {}.{more}{where_to_look}", context.pattern.direction),
        );
    }
    let missing: Vec<String> = [SignalId::Ttft, SignalId::QueueTime, SignalId::Itl]
        .into_iter()
        .filter(|name| context.signal(*name).is_none())
        .map(SignalId::name)
        .collect::<Vec<_>>();
    if !missing.is_empty() {
        return (
            format!("No diagnosis: {} not in the data.", are(&missing)),
            "What is there looks normal; health needs these signals too.".to_owned(),
        );
    }
    if let Some((lost, begun)) = context.lost_requests() {
        return (
            format!(
                "No diagnosis: {} of {} that got a first token did not finish, more than run at once.",
                number(lost),
                counted(begun, "request", "requests")
            ),
            "Clients give up or requests fail; those that finish are within their objectives, which says nothing of the \
             others. Look at the finish reasons, and at the status codes of the gateway."
                .to_owned(),
        );
    }
    let unknown = order
        .iter()
        .filter_map(|name| context.signal(*name))
        .find(|signal| signal.level == Level::Unknown);
    match unknown {
        Some(signal) => (
            format!("{} cannot be judged: {}.", signal.id.title(), signal.level_reason),
            "Nothing is shown to be wrong, and not everything is shown to be right.".to_owned(),
        ),
        None => (
            "No diagnosis: the rules contradict each other.".to_owned(),
            "Please report these data; the findings below say what each rule saw.".to_owned(),
        ),
    }
}
