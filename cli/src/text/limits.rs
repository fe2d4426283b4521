//! Limits of the live engine, each with where it comes from and what is used of it.

use inference_triage_core::report::{Limit, Provenance, Report};

use super::number::{percent, quantity};
use super::page::Page;
use crate::time_arguments::utc_text;

pub(super) fn print(report: &Report, page: &mut Page) {
    if report.limits.is_empty() {
        return;
    }
    page.heading("Limits", "");
    for limit in &report.limits {
        page.paragraph("  - ", &line(limit));
    }
}

fn line(limit: &Limit) -> String {
    let provenance = match limit.provenance {
        Provenance::Exported => "exported",
        Provenance::Inferred => "inferred",
        Provenance::Given => "given",
    };
    let mut text = format!("{} = {} ({provenance})", limit.name, quantity(limit.value, &limit.unit));
    if let Some(replica) = &limit.replica {
        text.push_str(&format!(" on {replica}"));
    }
    if let Some(usage) = limit.usage {
        text.push_str(&format!(", {} used", quantity(usage, "")));
        if let Some(share) = limit.usage_share {
            text.push_str(&format!(" = {}", percent(share)));
        }
    }
    if let Some(since) = limit.since {
        text.push_str(&format!(", binding since {} UTC", utc_text(since)));
    }
    if !limit.text.is_empty() {
        text.push_str(&format!(": {}", limit.text));
    }
    text
}
