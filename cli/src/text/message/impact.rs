//! Who is hurt, how much, and since when.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::{Diagnosis, ObjectiveImpact, Report};
use inference_triage_core::text::number::{
    chosen_seconds, compared_seconds, counted, percent_interval, seconds,
};
use inference_triage_core::time::length;
use inference_triage_core::triage::finding::{Severity, Trend};

use super::{Part, Piece, Worth};
use crate::time_arguments::utc_text;

/// Fewer than one request in two hundred say nothing about an objective of 95 or 99 %.
const WORTH_NAMING: f64 = 0.005;

pub(super) fn pieces(report: &Report) -> Vec<Piece> {
    let diagnosis = &report.diagnosis;
    let impact = &diagnosis.verdict.impact;
    let mut pieces = Vec::new();
    let mut add = |worth, text: &str| pieces.push(Piece::inline(Part::Impact, worth, text));
    if let Some(lost) = impact.lost_requests {
        add(Worth::Always, &format!("{} did not finish", counted(lost, "request", "requests")));
    }
    if diagnosis.verdict.id == CauseId::TelemetryFault {
        add(Worth::Always, "unknown until the telemetry is repaired");
    } else {
        add(Worth::Always, &missed(diagnosis));
        if let Some(request_time) = request_time(diagnosis) {
            add(Worth::Guiding, &request_time);
        }
        if impact.trend == Trend::Growing {
            add(Worth::Reason, "the queue grows");
        } else if impact.trend == Trend::Recovering {
            add(Worth::Reason, "the queue drains");
        }
    }
    if let Some(since) = diagnosis.verdict.since {
        add(Worth::Reason, &began(since, diagnosis.range.end));
    }
    add(Worth::Useful, &window(diagnosis));
    pieces
}

/// The objectives that are missed, the most missed first.
fn missed(diagnosis: &Diagnosis) -> String {
    let objectives = &diagnosis.verdict.impact.objectives;
    if objectives.is_empty() {
        return "not measured".to_owned();
    }
    let mut missed: Vec<&ObjectiveImpact> =
        objectives.iter().filter(|one| one.missing.1 > WORTH_NAMING).collect();
    missed.sort_by(|left, right| right.missing.1.total_cmp(&left.missing.1));
    if missed.is_empty() {
        return "every target is met".to_owned();
    }
    let texts: Vec<String> = missed.into_iter().map(miss).collect();
    let within = if diagnosis.verdict.severity == Severity::Ok { "within the targets: " } else { "" };
    format!("{within}{}", texts.join(", "))
}

fn miss(objective: &ObjectiveImpact) -> String {
    let (least, most) = objective.missing;
    // A time between tokens is observed once a token, not once a request.
    let whose = if objective.signal == SignalId::Itl { "tokens" } else { "requests" };
    format!(
        "{} of {whose} miss {} {}",
        percent_interval(least, most),
        objective.signal.short(),
        chosen_seconds(objective.target)
    )
}

fn request_time(diagnosis: &Diagnosis) -> Option<String> {
    let phases = diagnosis.phases.as_ref()?;
    Some(match phases.baseline_mean_e2e {
        Some(before) => {
            let (now, before) = compared_seconds(phases.mean_e2e, before);
            format!("request time {now}, was {before}")
        }
        None => format!("request time {}", seconds(phases.mean_e2e)),
    })
}

/// To the minute: scrapes are seconds apart, and a reader looks at a wall clock.
fn began(since: i64, end: i64) -> String {
    let time = utc_text(since);
    let minute = time.rsplit_once(':').map_or(time.as_str(), |(minute, _)| minute);
    let before = if since < end {
        format!(", {} before the last sample", length(end - since))
    } else {
        String::new()
    };
    format!("began {minute} UTC{before}")
}

fn window(diagnosis: &Diagnosis) -> String {
    let window = &diagnosis.window;
    window.finished_requests.map_or_else(String::new, |finished| {
        format!(
            "{} finished in {}",
            counted(finished, "request", "requests"),
            length(window.end - window.start)
        )
    })
}
