//! The other models and engines in the same data.

use inference_triage_core::message::state_word;
use inference_triage_core::report::Report;

use super::headline::scope_text;
use super::page::Page;

pub(super) fn print(report: &Report, page: &mut Page) {
    if report.scopes.len() < 2 {
        return;
    }
    page.heading("Other scopes", "in the same data; --model NAME reports on one of them");
    for scope in &report.scopes {
        if scope.id != report.diagnosis.scope {
            page.paragraph(
                "  - ",
                &format!(
                    "{} {}: {}",
                    state_word(scope.severity),
                    scope.verdict_id,
                    scope_text(scope)
                ),
            );
        }
    }
}
