//! A comparison of two windows as a table.

use inference_triage_core::comparison::{Comparison, Row};
use inference_triage_core::report::{ScopeSummary, Window};

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
    let word = comparison.outcome.word();
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
    let [before, after] = row.written();
    vec![row.title.clone(), before, after, row.outcome.word().to_owned(), row.because.clone()]
}
