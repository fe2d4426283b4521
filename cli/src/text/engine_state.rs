//! What the engine was doing: gauges, rates and everything else that is not a latency.

use inference_triage_core::report::{Report, SignalReport};

use super::matrix::is_latency;
use super::number::quantity;
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
    ]);
    let mut any = false;
    for (_, signal) in report.signals.0.iter().filter(|(_, signal)| !is_latency(signal)) {
        if let Some(row) = row(signal) {
            table.row(&row);
            any = true;
        }
    }
    if any {
        page.heading("Engine", "over the window");
        table.print(page);
    }
}

/// None when nothing was measured.
fn row(signal: &SignalReport) -> Option<Vec<String>> {
    signal.mean.or(signal.last)?;
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| quantity(value, short(&signal.unit)));
    Some(vec![
        signal.title.clone(),
        signal.mean.map_or_else(String::new, |mean| quantity(mean, &signal.unit)),
        cell(signal.min),
        cell(signal.max),
        cell(signal.last),
        cell(signal.baseline_mean),
    ])
}

/// The unit stands beside the mean; repeated in every column it would be noise, except where it scales the number.
fn short(unit: &str) -> &str {
    if matches!(unit, "s" | "ratio") { unit } else { "" }
}
