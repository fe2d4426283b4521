//! Limits of the live engine, each with where it comes from and what is used of it.

use inference_triage_core::limits::Provenance;
use inference_triage_core::report::{Limit, Report};
use inference_triage_core::text::number::{percent, quantity};

use super::page::Page;
use crate::time_arguments::utc_text;

pub(super) fn print(report: &Report, page: &mut Page) {
    if report.diagnosis.limits.is_empty() {
        return;
    }
    page.heading("Limits", "");
    for limit in &report.diagnosis.limits {
        page.paragraph("  - ", &line(limit));
        page.paragraph("    ", &limit.text);
    }
}

fn line(limit: &Limit) -> String {
    let provenance = match limit.provenance {
        Provenance::Exported => "exported",
        Provenance::Inferred => "inferred",
        Provenance::Given => "given",
    };
    let mut parts =
        vec![format!("{} = {} ({provenance})", limit.name, quantity(limit.value, limit.unit))];
    parts.extend(limit.replica.as_ref().map(|replica| format!("on {replica}")));
    parts.extend(limit.usage.map(|usage| match limit.usage_share {
        Some(share) => format!("{} used = {}", quantity(usage, ""), percent(share)),
        None => format!("{} used", quantity(usage, "")),
    }));
    parts.extend(limit.since.map(|since| format!("binding since {} UTC", utc_text(since))));
    parts.join(", ")
}
