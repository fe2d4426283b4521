//! Who is hurt, how much, and since when.

use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::report::{Diagnosis, Kept, ObjectiveImpact, Report};
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::small::text::joined;
use crate::text::number::{
    chosen_seconds, compared_seconds, counted, percent, percent_interval, seconds,
};
use crate::time::{length, utc_minute};
use crate::triage::finding::{State, Trend};

use super::{Part, Piece, Worth};

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
    if let Some(failed) = failed(diagnosis) {
        add(Worth::Always, &failed);
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

/// Width of an interval of shares from which its upper end tells nothing.
const TELLING: f64 = 0.1;

/// Least share that can be told as a whole per cent.
const LEAST_TOLD: f64 = 0.01;

/// `48–57 % of requests fail`, where they are more than the objective allows and the verdict is
/// another one.
fn failed(diagnosis: &Diagnosis) -> Option<String> {
    const OF_FAILURES: [CauseId; 2] = [CauseId::EngineErrors, CauseId::AdmissionRejected];
    let mut rows = diagnosis.objectives.rows.iter();
    let row = rows.find(|row| row.signal == SignalId::LostRequests && row.kept == Kept::Missed)?;
    let attained = row.attained?;
    let (least, most) = (1.0 - attained.hi, 1.0 - attained.lo);
    // Several counters may count the same failures: of a wide interval only its lower end tells.
    let share = if most - least > TELLING && least >= LEAST_TOLD {
        format!("at least {}", percent(libm::floor(100.0 * least) / 100.0))
    } else {
        percent_interval(least, most)
    };
    let is_told = OF_FAILURES.contains(&diagnosis.verdict.id)
        || diagnosis.verdict.impact.lost_requests.is_some();
    (!is_told).then(|| format!("{share} of requests fail"))
}

/// The objectives that are missed, the most missed first. A time between tokens is observed once a
/// token, all others once a request.
fn missed(diagnosis: &Diagnosis) -> String {
    let verdict = &diagnosis.verdict;
    let objectives = &verdict.impact.objectives;
    if objectives.is_empty() {
        return "not measured".to_owned();
    }
    let mut missed: Vec<&ObjectiveImpact> =
        objectives.iter().filter(|one| one.missing.1 > WORTH_NAMING).collect_vec();
    sort(&mut missed, |left, right| right.missing.1.total_cmp(&left.missing.1));
    let is_healthy = verdict.state == State::Clear;
    if missed.is_empty() {
        let whole = if is_healthy {
            "every measured target is met"
        } else {
            "what finished met every measured target"
        };
        return whole.to_owned();
    }
    let of = |is_of_tokens| {
        let is_wanted = |one: &&ObjectiveImpact| (one.signal == SignalId::Itl) == is_of_tokens;
        missed.iter().copied().filter(is_wanted).collect_vec()
    };
    let (of_tokens, of_requests) = (of(true), of(false));
    let mut groups = [("requests", &of_requests), ("tokens", &of_tokens)];
    if most(&of_tokens) > most(&of_requests) {
        groups.reverse();
    }
    let texts = groups.iter().filter_map(|(whose, objectives)| misses(whose, objectives));
    let within = if is_healthy { "within the objective: " } else { "" };
    format!("{within}{}", joined(&texts.collect_vec(), " · "))
}

fn most(objectives: &[&ObjectiveImpact]) -> f64 {
    objectives.first().map_or(0.0, |one| one.missing.1)
}

/// `43 % of requests miss TTFT 0.5 s, 12 % E2E 10 s`.
fn misses(whose: &str, objectives: &[&ObjectiveImpact]) -> Option<String> {
    let target = |one: &ObjectiveImpact| {
        let (share, name) = (percent_interval(one.missing.0, one.missing.1), one.signal.short());
        (share, format!("{name} {}", chosen_seconds(one.target)))
    };
    let (first, rest) = objectives.split_first()?;
    let (share, name) = target(first);
    let mut text = format!("{share} of {whose} miss {name}");
    for one in rest {
        let (share, name) = target(one);
        text += &format!(", {share} {name}");
    }
    Some(text)
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
    let before = if since < end {
        format!(", {} before the last sample", length(end - since))
    } else {
        String::new()
    };
    format!("began {} UTC{before}", utc_minute(since))
}

fn window(diagnosis: &Diagnosis) -> String {
    let window = &diagnosis.window;
    let span = length(window.end - window.start);
    match window.finished_requests {
        // The reasons of `healthy` begin with how many finished.
        Some(finished) if diagnosis.verdict.state != State::Clear => {
            format!("{} finished in {span}", counted(finished, "request", "requests"))
        }
        _ => format!("window of {span}"),
    }
}
