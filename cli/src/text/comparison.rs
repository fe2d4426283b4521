//! A comparison of two windows as a table.

use inference_triage_core::comparison::{Comparison, Outcome, Row, Subject};
use inference_triage_core::report::{ScopeSummary, Window};
use inference_triage_core::text::number::quantity;

use super::Style;
use super::headline::{between, scope_text};
use super::page::Page;
use super::table::{Align, Table};

/// The answer, the two windows, and a row each thing that was compared.
pub(crate) fn comparison(
    comparison: &Comparison,
    scope: Option<&ScopeSummary>,
    style: Style,
) -> String {
    let mut page = Page::new(style);
    let word = word(comparison.outcome);
    page.lead(&style.bold(word), word.len(), &scope.map_or_else(String::new, scope_text));
    let window =
        |name: &str, window: &Window| format!("{name} {}", between(window.start, window.end));
    page.paragraph("  ", &window("before", &comparison.before));
    page.paragraph("  ", &window("after ", &comparison.after));
    page.gap();
    let mut table = Table::new(&[
        ("", Align::Left),
        ("before", Align::Right),
        ("after", Align::Right),
        ("", Align::Left),
        ("", Align::Left),
    ]);
    for row in &comparison.rows {
        table.row(&cells(row));
    }
    table.print(&mut page);
    page.finish()
}

fn cells(row: &Row) -> Vec<String> {
    let value = |value: Option<f64>| match (row.subject, value) {
        (_, None) => String::new(),
        (Subject::Latency, Some(value)) => format!("≤ {}", quantity(value, row.unit)),
        (_, Some(value)) => quantity(value, row.unit),
    };
    vec![
        row.title.clone(),
        value(row.before),
        value(row.after),
        word(row.outcome).to_owned(),
        row.because.clone(),
    ]
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::Inconclusive => "INCONCLUSIVE",
    }
}
