//! What the verdict is about, beyond the incident message.

use inference_triage_core::report::confidence::ConfidenceSource;
use inference_triage_core::report::{Candidate, Report, ScopeSummary, Window};
use inference_triage_core::text::number::{number, percent};
use inference_triage_core::time::length;
use inference_triage_core::window::baseline::BaselineSource;

use super::page::{Page, shorten};
use crate::time_arguments::utc_text;
use inference_triage_core::text::plain::plain;

/// Longest name worth its space in a headline.
const NAME_COLUMNS: usize = 60;

/// Replicas named before "and 12 more".
const NAMED_REPLICAS: usize = 3;

pub(super) fn print(report: &Report, page: &mut Page) {
    let verdict = &report.diagnosis.verdict;
    // Where there is nothing to do the message says the detail itself.
    if verdict.action.is_some() && !verdict.detail.is_empty() {
        page.paragraph("  Detail      ", &verdict.detail);
    }
    for sentence in &verdict.beside {
        page.paragraph("  Beside it   ", sentence);
    }
    for (label, ids) in
        [("  Contributes ", &verdict.contributing), ("  Follows     ", &verdict.consequences)]
    {
        if !ids.is_empty() {
            let ids: Vec<&str> = ids.iter().map(|id| id.id()).collect();
            page.paragraph(label, &ids.join(", "));
        }
    }
    for candidate in &verdict.candidates {
        let Candidate { id, lacks, how, .. } = candidate;
        page.paragraph("  Possible    ", &format!("{id}: {lacks}. {how}"));
    }
    if let (Some(confidence), Some(source)) = (verdict.confidence, &verdict.confidence_source) {
        page.paragraph("  Confidence  ", &confidence_text(confidence, source));
    }
    if let Some(since) = verdict.since {
        page.paragraph("  Since       ", &since_text(since, report.diagnosis.range.end));
    }
    if let Some(scope) = report.scope() {
        page.paragraph("  Scope       ", &scope_text(scope));
    }
    page.paragraph("  Window      ", &window_text(&report.diagnosis.window));
    page.paragraph("  Baseline    ", &baseline_text(report));
}

/// The probability that the verdict is right, the cases it comes from, and what makes them such.
fn confidence_text(confidence: f64, source: &ConfidenceSource) -> String {
    let ConfidenceSource { support, text, .. } = source;
    format!("{} ({text}). Support is {support}. {}", percent(confidence), support.meaning())
}

/// When it began, and how long before the last sample that was.
fn since_text(since: i64, end: i64) -> String {
    let before = if since < end {
        format!(", {} before the end of the data", length(end - since))
    } else {
        String::new()
    };
    format!("{} UTC{before}", utc_text(since))
}

/// Model, engine and replicas.
pub(super) fn scope_text(scope: &ScopeSummary) -> String {
    let model = if scope.model.is_empty() {
        "model not named".to_owned()
    } else {
        shorten(&plain(&scope.model), NAME_COLUMNS)
    };
    let version =
        scope.engine.version_hint.as_deref().map_or_else(String::new, |hint| format!(" {hint}"));
    let replicas = match scope.replicas.len() {
        0 => String::new(),
        1 => format!(", 1 replica: {}", names(&scope.replicas)),
        several => format!(", {several} replicas: {}", names(&scope.replicas)),
    };
    format!("{model} on {}{version}{replicas}", scope.engine.profile)
}

/// The first few names.
pub(super) fn names(all: &[String]) -> String {
    let shown: Vec<String> =
        all.iter().take(NAMED_REPLICAS).map(|name| shorten(&plain(name), NAME_COLUMNS)).collect();
    match all.len().saturating_sub(NAMED_REPLICAS) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn window_text(window: &Window) -> String {
    let finished = match window.finished_requests {
        Some(1.0) => ", 1 request finished".to_owned(),
        Some(finished) => format!(", {} requests finished", number(finished)),
        None => String::new(),
    };
    let step =
        if window.step > 0 { format!(", step {}", length(window.step)) } else { String::new() };
    format!(
        "{} ({}{step}){finished}",
        between(window.start, window.end),
        length(window.end - window.start)
    )
}

fn baseline_text(report: &Report) -> String {
    let source = match report.diagnosis.baseline.source {
        BaselineSource::Auto => "before a change point in the range",
        BaselineSource::Drift => {
            "the beginning of the range: latency drifted, without a moment of change"
        }
        BaselineSource::Range => "the rest of the range",
        BaselineSource::Earlier => {
            "the same time a week or a day earlier; nothing changed in the range"
        }
        BaselineSource::Offset => "the same window, earlier",
        BaselineSource::Given => "given",
        BaselineSource::None => return "none".to_owned(),
    };
    let Some((start, end)) = report.diagnosis.baseline.start.zip(report.diagnosis.baseline.end)
    else {
        return source.to_owned();
    };
    let finished =
        report.diagnosis.baseline.finished_requests.map_or_else(String::new, |finished| {
            format!(", {} requests finished", number(finished))
        });
    format!("{} ({}, {source}){finished}", between(start, end), length(end - start))
}

/// Two instants in UTC; the date once where it is the same.
pub(super) fn between(start: i64, end: i64) -> String {
    let (start, end) = (utc_text(start), utc_text(end));
    match (start.split_once(' '), end.split_once(' ')) {
        (Some((day, _)), Some((same, time))) if day == same => format!("{start} to {time} UTC"),
        _ => format!("{start} to {end} UTC"),
    }
}

#[cfg(test)]
mod tests {
    use inference_triage_core::report::confidence::Support;

    use super::*;

    #[test]
    fn a_confidence_says_where_it_comes_from() {
        let text = "likely: right in 9 of 10 such simulated cases".to_owned();
        let support = Support::Strong;
        let source = ConfidenceSource { right: 9, of: 10, support, capped_by: None, text };
        assert_eq!(
            confidence_text(0.884, &source),
            "88 % (likely: right in 9 of 10 such simulated cases). Support is strong. No other cause \
             holds, all of the excess time is explained, and many requests finished."
        );
    }

    #[test]
    fn an_interval_names_its_day_once() {
        assert_eq!(
            between(1_780_000_015_000, 1_780_000_315_000),
            "2026-05-28 20:26:55 to 20:31:55 UTC"
        );
        assert_eq!(
            between(1_780_000_015_000, 1_780_086_415_000),
            "2026-05-28 20:26:55 to 2026-05-29 20:26:55 UTC"
        );
    }

    #[test]
    fn the_onset_is_an_instant_and_a_distance() {
        assert_eq!(
            since_text(1_780_000_015_000, 1_780_001_695_000),
            "2026-05-28 20:26:55 UTC, 28 min before the end of the data"
        );
    }

    #[test]
    fn many_replicas_are_counted() {
        let all: Vec<String> = (0..5).map(|index| format!("pod-{index}/0")).collect();
        assert_eq!(names(&all), "pod-0/0, pod-1/0, pod-2/0 and 2 more");
        assert_eq!(names(&all[..1]), "pod-0/0");
    }
}
