//! Requests that end in errors or are refused, and replicas that lose what is inside.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::families::Family;
use inference_triage_core::role::RolePart;
use inference_triage_core::text::number::percent;

use super::{CAUSE_WINDOW, Group, outage, queue};
use crate::rules::alert::{Alert, FirstAction, Severity};
use crate::rules::growth::since_appearance;
use crate::rules::guard::STANDARD_ERRORS;
use crate::rules::promql::{all_of, any_of, duration, number};
use crate::rules::series::{Series, TARGET};

/// Failures below which nothing is said. The condition is judged every minute, a thousand times a
/// day: five of ten at a budget of 5 % are chance once in ten thousand windows, three of ten once
/// in a hundred.
const LEAST_FAILURES: u32 = 5;

/// How long callers must keep leaving, seconds: a page that everybody closes at once is no
/// incident.
const LEAVING: u32 = 300;

pub(super) fn alerts(group: &Group<'_>) -> Vec<Alert> {
    vec![
        errors(group),
        http_errors(group),
        rejected(group),
        aborts(group),
        outage::restart_loop(group),
    ]
}

/// More failures than the objective may miss and chance brings.
fn too_many(group: &Group<'_>, failed: &str, ended: &str) -> String {
    beyond(group.objectives.may_miss(), failed, ended)
}

/// More of them than a share and chance, as a product: no requests, no failures, no quotient.
fn beyond(budget: f64, failed: &str, ended: &str) -> String {
    let spread = STANDARD_ERRORS * (budget * (1.0 - budget)).sqrt();
    all_of(&[
        format!("{failed} >= {LEAST_FAILURES}"),
        format!("{failed} > {} * {ended} + {} * sqrt({ended})", number(budget), number(spread)),
    ])
}

fn errors(group: &Group<'_>) -> Alert {
    let by = group.by;
    let failed = format!("sum by ({by}) ({})", group.events(Family::RequestsErrored));
    let ended = format!("sum by ({by}) ({})", group.events(Family::RequestsFinished));
    Alert {
        name: "InferenceErrors",
        expression: too_many(group, &failed, &ended),
        hold: 0,
        severity: Severity::Critical,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!(
            "{}: {{{{ $value | humanize }}}} requests ended in errors in {}",
            group.model(),
            duration(CAUSE_WINDOW)
        ),
        description: format!(
            "More of them than {} of all requests and chance together.",
            percent(group.objectives.may_miss())
        ),
        action: FirstAction::OfCause(CauseId::EngineErrors),
    }
}

/// Errors that the engine never saw, in the answers of the server before it.
fn http_errors(group: &Group<'_>) -> Alert {
    let window = duration(CAUSE_WINDOW);
    let growth = |family| {
        let beside = Series::beside(family);
        let each: Vec<String> = beside.iter().map(|selector| each_of(selector)).collect();
        let seen = group.series.remembered();
        format!("sum by ({TARGET}) ({} and on ({TARGET}) {seen})", any_of(&each))
    };
    let (failed, all) = (growth(Family::HttpServerErrors), growth(Family::HttpRequests));
    Alert {
        name: "InferenceHttpErrors",
        expression: too_many(group, &failed, &all),
        hold: 0,
        severity: Severity::Critical,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!(
            "{{{{ or $labels.pod $labels.instance }}}}: {{{{ $value | humanize }}}} answers 5xx in \
             {window}"
        ),
        description: format!(
            "The HTTP server before the engine answers more requests with 5xx than {} of all and \
             chance together.",
            percent(group.objectives.may_miss())
        ),
        action: FirstAction::OfCause(CauseId::EngineErrors),
    }
}

/// Growth of a selector, or of each of its alternatives in brackets.
fn each_of(selector: &str) -> String {
    let alternatives = selector.trim_matches(['(', ')']).split(" or ");
    let each: Vec<String> = alternatives.map(|one| since_appearance(one, CAUSE_WINDOW)).collect();
    any_of(&each)
}

/// Callers that leave before their end, while they need not wait: those that the engine counts, or,
/// as most engines count none, first tokens without an end. What ran at most at once is still
/// inside; a restart loses what was inside and is no caller that leaves.
fn aborts(group: &Group<'_>) -> Alert {
    let by = group.by;
    let may_leave = group.threshold("loss.left");
    let sum = |expression: String| format!("sum by ({by}) ({expression})");
    let ended = sum(group.events(Family::RequestsFinished));
    let counted = beyond(may_leave, &sum(group.events(Family::RequestsAborted)), &ended);
    let begun = sum(group.growth_of(Family::Ttft, RolePart::Count));
    let whole = sum(group.growth_of(Family::E2e, RolePart::Count));
    let inside = sum(group.over("max_over_time", Family::Running));
    let unended = beyond(may_leave, &format!("({begun} - {whole} - {inside})"), &begun);
    let restarts = sum(group.over("resets", Family::GenerationTokens));
    Alert {
        name: "InferenceClientAborts",
        expression: format!(
            "({counted}\nor {unended}\nunless on ({by}) {restarts} > 0)\nunless on ({by}) ({})",
            queue::waits_beyond_target(group)
        ),
        hold: LEAVING,
        severity: Severity::Warning,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!(
            "{}: {{{{ $value | humanize }}}} requests began and did not end in {}",
            group.model(),
            duration(CAUSE_WINDOW)
        ),
        description: format!(
            "More than {} of the requests with a first token, and chance, were left by their \
             callers, who did not wait for it. Where InferenceObjectiveBurnFast fires for itl, they \
             leave for that; else look at time-outs of clients and gateways.",
            percent(may_leave)
        ),
        action: FirstAction::OfCause(CauseId::ClientAborts),
    }
}

fn rejected(group: &Group<'_>) -> Alert {
    let by = group.by;
    let refused = format!("sum by ({by}) ({})", group.events(Family::Rejections));
    let ended = format!("sum by ({by}) ({})", group.events(Family::RequestsFinished));
    Alert {
        name: "InferenceRejections",
        expression: too_many(group, &refused, &format!("({refused} + {ended})")),
        hold: 0,
        severity: Severity::Critical,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!(
            "{}: {{{{ $value | humanize }}}} requests refused in {}",
            group.model(),
            duration(CAUSE_WINDOW)
        ),
        description: "They were refused before they entered the engine, so no latency shows them."
            .to_owned(),
        action: FirstAction::OfCause(CauseId::AdmissionRejected),
    }
}
