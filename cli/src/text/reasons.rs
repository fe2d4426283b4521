//! Why this verdict and no other.

use inference_triage_core::report::Report;
use inference_triage_core::triage::finding::State;

use super::headline::names;
use super::message::{Message, Part};
use super::page::Page;

pub(super) fn print(report: &Report, message: &Message, page: &mut Page) {
    let Some(finding) = report.primary() else { return };
    let reason =
        if finding.reason == report.diagnosis.verdict.sentence { "" } else { &finding.reason };
    if !message.is_whole(Part::Why) && !finding.evidence.is_empty() {
        page.heading("Why", reason);
        for evidence in &finding.evidence {
            page.paragraph(
                if evidence.supports { "  + " } else { "  - against: " },
                &evidence.text,
            );
        }
    } else if !reason.is_empty() {
        page.heading("Why", reason);
    }
    if !finding.replicas.is_empty() && report.scope().is_some_and(|scope| scope.replicas.len() > 1)
    {
        page.paragraph("  ", &format!("on {}", names(&finding.replicas)));
    }
    if !finding.rules_out.is_empty() && !message.is_whole(Part::Not) {
        page.heading("What it is not", "");
        for rival in &finding.rules_out {
            page.paragraph("  x ", &format!("{}: {}", rival.id, rival.because));
        }
    }
    if !finding.missing.is_empty() {
        let missing: Vec<&str> = finding.missing.iter().map(|id| id.id()).collect();
        page.heading("Not measured", &missing.join(", "));
    }
    let others: Vec<_> = report
        .diagnosis
        .findings
        .iter()
        .filter(|other| other.state == State::Firing && other.id != report.diagnosis.verdict.id)
        .collect();
    if !others.is_empty() {
        page.heading("Also found", "");
        for other in others {
            page.paragraph("  ! ", &format!("{}: {}", other.id, other.reason));
        }
    }
}
