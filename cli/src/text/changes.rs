//! What changed against the baseline, and what would turn the verdict.

use inference_triage_core::report::{LedgerEntry, Report};
use inference_triage_core::text::number::{number, percent, seconds, significant};

use super::page::Page;
use super::table::{Align, Table};

pub(super) fn print(report: &Report, page: &mut Page) {
    let ledger = &report.diagnosis.ledger;
    if !ledger.is_empty() {
        let mut table = Table::new(&[
            ("factor", Align::Left),
            ("was", Align::Right),
            ("now", Align::Right),
            ("ratio", Align::Right),
            ("of the added time", Align::Right),
        ]);
        for entry in ledger {
            table.row(&row(entry));
        }
        page.heading("What changed", "against the baseline, as factors that multiply");
        table.print(page);
    }
    for flip in &report.diagnosis.verdict.flips {
        let unit = flip.signal.unit();
        page.paragraph(
            "  Closest to flipping: ",
            &format!(
                "{} from {} to {}",
                flip.signal.short(),
                quantity(flip.from, unit),
                quantity(flip.to, unit)
            ),
        );
    }
}

fn row(entry: &LedgerEntry) -> Vec<String> {
    vec![
        entry.title.to_owned(),
        quantity(entry.before, entry.unit),
        quantity(entry.now, entry.unit),
        format!("× {}", significant(entry.ratio)),
        entry.share.map_or_else(String::new, percent),
    ]
}

fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "s" => seconds(value),
        "ratio" => percent(value),
        "requests/s" => format!("{} /s", significant(value)),
        // Lengths are means of whole tokens; a fraction of one says nothing.
        "tokens" => number(value.round()),
        _ => number(value),
    }
}
