//! The triage matrix: each latency with its mean, the interval of its quantile, and how it is
//! judged.

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::histogram::Basis;
use inference_triage_core::report::{Attainment, QuantileReport, Report, SignalReport};
use inference_triage_core::signal::level::Level;
use inference_triage_core::text::number::{
    chosen_seconds, interval, percent, percent_interval, seconds, seconds_at_most,
};

use super::page::Page;
use super::table::{Align, Table};

/// Signals of the triage matrix's own columns.
const PATTERN: [SignalId; 3] = [SignalId::Ttft, SignalId::QueueTime, SignalId::Itl];

pub(super) fn print(report: &Report, q: f64, page: &mut Page) {
    let latencies: Vec<&(SignalId, SignalReport)> = report
        .diagnosis
        .signals
        .0
        .iter()
        .filter(|(_, signal)| is_latency(signal) && was_observed(signal))
        .collect();
    let pattern = &report.diagnosis.pattern;
    page.heading(
        "Matrix",
        &format!(
            "TTFT {}, queue {}, ITL {} → {}",
            word(pattern.ttft),
            word(pattern.queue),
            word(pattern.itl),
            pattern.direction
        ),
    );
    let mut notes = Notes::default();
    let mut table = Table::new(&[
        ("signal", Align::Left),
        ("mean", Align::Right),
        ("baseline", Align::Right),
        (lies_in(q), Align::Left),
        ("PromQL", Align::Left),
        ("target", Align::Right),
        ("met", Align::Right),
        ("level", Align::Left),
    ]);
    for (name, signal) in &latencies {
        table.row(&row(*name, signal, q, &mut notes));
    }
    table.print(page);
    notes.print(page);
    for (name, signal) in latencies {
        if signal.level != Level::Normal
            && is_judged(*name, signal)
            && !signal.level_reason.is_empty()
        {
            page.paragraph(
                "  - ",
                &format!("{} is {}: {}", signal.title, word(signal.level), signal.level_reason),
            );
        }
    }
}

/// A histogram of times; step laws and other derived times have no population.
pub(super) fn is_latency(signal: &SignalReport) -> bool {
    signal.unit == "s" && (signal.count.is_some() || !signal.quantiles.is_empty())
}

fn was_observed(signal: &SignalReport) -> bool {
    signal.mean.is_some() || !signal.quantiles.is_empty()
}

fn lies_in(q: f64) -> &'static str {
    // The usual ones by name; a heading must not outlive the call.
    match () {
        () if same(q, 0.5) => "p50 lies in",
        () if same(q, 0.9) => "p90 lies in",
        () if same(q, 0.95) => "p95 lies in",
        () if same(q, 0.99) => "p99 lies in",
        () => "quantile lies in",
    }
}

fn row(id: SignalId, signal: &SignalReport, q: f64, notes: &mut Notes) -> Vec<String> {
    let quantile = signal.quantiles.iter().find(|quantile| same(quantile.q, q));
    let target = signal.attainment.map(|attainment| attainment.target);
    vec![
        signal.title.to_owned(),
        signal.mean.map_or_else(|| "-".to_owned(), seconds),
        signal.baseline_mean.map_or_else(String::new, seconds),
        quantile.map_or_else(|| "-".to_owned(), |quantile| interval_cell(quantile, notes)),
        quantile.map_or_else(String::new, |quantile| point_cell(quantile, notes)),
        target.map_or_else(String::new, chosen_seconds),
        signal.attainment.map_or_else(String::new, attainment_cell),
        if is_judged(id, signal) { word(signal.level).to_owned() } else { "-".to_owned() },
    ]
}

/// Whether anything hangs on the signal's level: it has a target, a place in the pattern, or a
/// level.
fn is_judged(id: SignalId, signal: &SignalReport) -> bool {
    signal.attainment.is_some() || PATTERN.contains(&id) || signal.level != Level::Unknown
}

fn interval_cell(quantile: &QuantileReport, notes: &mut Notes) -> String {
    let text = interval(quantile.lo, quantile.hi, quantile.lo_excluded, "s");
    let estimated = if quantile.basis == Basis::Estimated { "~" } else { "" };
    let mark = quantile.order_hi.map_or_else(String::new, |order| {
        notes.mark(&format!(
            "at most {}, estimated from its order with a sibling metric",
            seconds_at_most(order)
        ))
    });
    format!("{estimated}{text}{mark}")
}

fn point_cell(quantile: &QuantileReport, notes: &mut Notes) -> String {
    let Some(point) = quantile.point else { return "NaN".to_owned() };
    let mark = match (&quantile.artefact_reason, quantile.outside_bounds) {
        (Some(reason), _) => notes.mark(&format!("artefact: {reason}")),
        (None, true) => notes
            .mark("artefact: PromQL's point lies outside the interval that must hold the quantile"),
        (None, false) => String::new(),
    };
    format!("{}{mark}", seconds(point))
}

fn attainment_cell(attainment: Attainment) -> String {
    if attainment.exact {
        percent(attainment.lo)
    } else {
        percent_interval(attainment.lo, attainment.hi)
    }
}

pub(super) fn word(level: Level) -> &'static str {
    match level {
        Level::High => "HIGH",
        Level::Low => "LOW",
        Level::Normal => "normal",
        Level::Unknown => "unknown",
    }
}

fn same(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq()
}

/// Remarks below the table, each once, with a letter.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn mark(&mut self, text: &str) -> String {
        let index = self.0.iter().position(|note| note == text).unwrap_or_else(|| {
            self.0.push(text.to_owned());
            self.0.len() - 1
        });
        format!(" [{}]", letter(index))
    }

    fn print(&self, page: &mut Page) {
        for (index, note) in self.0.iter().enumerate() {
            page.paragraph(&format!("  [{}] ", letter(index)), note);
        }
    }
}

fn letter(index: usize) -> char {
    char::from(b'a' + u8::try_from(index.min(25)).unwrap_or(25))
}

#[cfg(test)]
mod tests {
    use super::super::sample::slot_cap;
    use super::*;
    use crate::text::Style;

    fn printed() -> String {
        let mut page = Page::new(Style::plain());
        print(&slot_cap(), 0.95, &mut page);
        page.finish()
    }

    fn line(text: &str, start: &str) -> String {
        text.lines()
            .find(|line| line.trim_start().starts_with(start))
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn the_interval_stands_before_the_point() {
        let text = printed();
        let ttft = line(&text, "Time to first token");
        assert!(ttft.contains("3.1 s") && ttft.contains("6.05–7.5 s 7.3 s"), "{text}");
        assert!(
            ttft.contains("2.5 s") && ttft.contains("50 %") && ttft.ends_with("HIGH"),
            "{text}"
        );
    }

    #[test]
    fn artefacts_are_marked_and_explained_once() {
        let text = printed();
        assert!(line(&text, "Prefill time").contains("≤ 0.214 s 0.28 s ["), "{text}");
        assert_eq!(text.matches("all samples share one bucket").count(), 1, "{text}");
    }

    #[test]
    fn an_estimate_from_order_is_said_to_be_one() {
        let text = printed();
        assert!(text.contains("at most 7.5 s, estimated"), "{text}");
    }
}
