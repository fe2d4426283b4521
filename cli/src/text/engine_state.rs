//! What the engine was doing: gauges, rates and everything else that is not a latency.

use inference_triage_core::report::{Report, SignalReport};
use inference_triage_core::text::number::quantity;

use super::matrix::is_latency;
use super::page::Page;
use super::table::{Align, Table};

pub(super) fn print(report: &Report, page: &mut Page) {
    let mut table = Table::new(&[
        ("signal", Align::Left),
        ("mean", Align::Right),
        ("least", Align::Right),
        ("most", Align::Right),
        ("last", Align::Right),
        ("baseline", Align::Right),
        ("", Align::Left),
    ]);
    for (_, signal) in report.diagnosis.signals.0.iter().filter(|(_, signal)| !is_latency(signal)) {
        if let Some(row) = row(signal) {
            table.row(&row);
        }
    }
    if !table.is_empty() {
        page.heading("Engine", "over the window");
        table.print(page);
    }
}

/// None when nothing was measured.
fn row(signal: &SignalReport) -> Option<Vec<String>> {
    signal.mean.or(signal.last)?;
    // Times and ratios are scaled to a unit of their own; any other unit stands once, at the end.
    let (inside, behind) =
        if matches!(signal.unit, "s" | "ratio") { (signal.unit, "") } else { ("", signal.unit) };
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| quantity(value, inside));
    Some(vec![
        signal.title.to_owned(),
        cell(signal.mean),
        cell(signal.min),
        cell(signal.max),
        cell(signal.last),
        cell(signal.baseline_mean),
        behind.to_owned(),
    ])
}
