//! Requests that end in errors or are refused, and replicas that lose what is inside.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::families::Family;
use inference_triage_core::text::number::percent;

use super::{CAUSE_WINDOW, Group, outage};
use crate::rules::alert::{Alert, FirstAction, Severity};
use crate::rules::guard::STANDARD_ERRORS;
use crate::rules::promql::{all_of, any_of, duration, number};
use crate::rules::series::{Series, TARGET};

/// Failures below which nothing is said. The condition is judged every minute, a thousand times a
/// day: five of ten at a budget of 5 % are chance once in ten thousand windows, three of ten once
/// in a hundred.
const LEAST_FAILURES: u32 = 5;

pub(super) fn alerts(group: &Group<'_>) -> Vec<Alert> {
    vec![errors(group), http_errors(group), rejected(group), outage::restart_loop(group)]
}

/// More failures than the objective may miss and chance brings, as a product: no requests, no
/// failures, no quotient.
fn too_many(group: &Group<'_>, failed: &str, ended: &str) -> String {
    let budget = group.objectives.may_miss();
    let spread = STANDARD_ERRORS * (budget * (1.0 - budget)).sqrt();
    all_of(&[
        format!("{failed} >= {LEAST_FAILURES}"),
        format!("{failed} > {} * {ended} + {} * sqrt({ended})", number(budget), number(spread)),
    ])
}

fn errors(group: &Group<'_>) -> Alert {
    let by = group.by;
    let failed = format!("sum by ({by}) ({})", group.growth(Family::RequestsErrored));
    let ended = format!("sum by ({by}) ({})", group.growth(Family::RequestsFinished));
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
        let each: Vec<String> =
            Series::beside(family).iter().map(|selector| with_window(selector, &window)).collect();
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

/// `increase` of a selector, or of each of its alternatives in brackets.
fn with_window(selector: &str, window: &str) -> String {
    let each: Vec<String> = selector
        .trim_matches(['(', ')'])
        .split(" or ")
        .map(|one| format!("increase({one}[{window}])"))
        .collect();
    any_of(&each)
}

fn rejected(group: &Group<'_>) -> Alert {
    let by = group.by;
    let refused = format!("sum by ({by}) ({})", group.growth(Family::Rejections));
    let ended = format!("sum by ({by}) ({})", group.growth(Family::RequestsFinished));
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
