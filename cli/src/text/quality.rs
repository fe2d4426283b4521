//! What was repaired or assumed on the way.

use inference_triage_core::report::Report;
use inference_triage_core::text::number::number;

use super::page::Page;

pub(super) fn print(report: &Report, page: &mut Page) {
    let caveats = &report.diagnosis.quality.caveats;
    if caveats.is_empty() {
        return;
    }
    page.heading("Caveats", "");
    for caveat in caveats {
        let times = if caveat.count > 1 {
            format!(" ({} times)", number(caveat.count as f64))
        } else {
            String::new()
        };
        page.paragraph("  - ", &format!("{}: {}{times}", caveat.id, caveat.text));
    }
}
